/* Stand-ins for what singreqrun's client takes from the library it was written for, so that a
   compiler of today builds it unchanged: gcc -include cosmopolitan.h client.c */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

static long rand64(void) {
  long number;
  getrandom(&number, sizeof number, 0);
  return number;
}

/* Texts one behind the other; a number below 256 is a character. */
static char *joined(char *first, ...) {
  char *all = calloc(1, 1 << 20), letter[2] = {0};
  va_list more;
  va_start(more, first);
  for (char *next = first; next; next = va_arg(more, char *)) {
    letter[0] = (char)(uintptr_t)next;
    strcat(all, (uintptr_t)next < 256 ? letter : next);
  }
  va_end(more);
  return all;
}
#define xstrcat(...) joined((char *)__VA_ARGS__, NULL)

static char *replacestr(const char *text, const char *old, const char *by) {
  char *all = calloc(1, 1 << 20), *end = all;
  while (*text) {
    if (strncmp(text, old, strlen(old))) {
      *end++ = *text++;
    } else {
      end = stpcpy(end, by);
      text += strlen(old);
    }
  }
  return all;
}

/* One read, and all of it written. */
static long copyfd(int from, void *unused, int to, void *unused_too, long most, int flags) {
  static char bytes[1 << 20];
  ssize_t size = read(from, bytes, most < (long)sizeof bytes ? most : (long)sizeof bytes);
  for (ssize_t done = 0; done < size;) {
    ssize_t more = write(to, bytes + done, size - done);
    if (more < 0 && errno != EAGAIN) return -1;
    if (more < 0) usleep(100);
    done += more < 0 ? 0 : more;
  }
  return size;
}

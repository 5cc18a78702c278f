// Messages of the query language: what is wrong with a query, and what to write instead.

const NUMBER = String.raw`[+-]?(?:\d+(?:[.,]\d+)?|[.,]\d+)`;
const NUMBER_WITH_UNIT = new RegExp(`^(${NUMBER})\\s*(ms|s|sec|seconds?|min|m|h|%|cm|x)$`, 'i');
const NUMBER_RANGE = new RegExp(`^(${NUMBER}|\\d+:\\d\\d)\\s*(?:-|–|…|\\.{3}|to)\\s*(${NUMBER}|\\d+:\\d\\d)$`, 'i');
const pointed = (number) => number.replace(',', '.');
/** What a number in these units is divided by for the fields, which are in seconds and in shares from 0 to 1. */
const UNIT_DIVISORS = { ms: 1000, '%': 100, min: 1 / 60, m: 1 / 60, h: 1 / 3600 };

/** What to write instead of a condition on a number that is not valid; a sentence. */
function numberAdvice({ key, operator, value }) {
  const signs = /^(?:[=<>]|!=)+/.exec(value);
  if (signs) {
    const both = operator + signs[0];
    const meant = both.includes('!') || both.includes('<>') ? '!=' : both.includes('>') ? '>=' : both.includes('<') ? '<=' : '=';
    return `Write ${key}${meant}${value.slice(signs[0].length) || '2'}.`;
  }
  const range = NUMBER_RANGE.exec(value);
  if (range) return `Write a range with two points: ${key}:${pointed(range[1])}..${pointed(range[2])}.`;
  const united = NUMBER_WITH_UNIT.exec(value);
  if (united) return `Write the number without a unit: ${key}${operator}${Number((Number(pointed(united[1])) / (UNIT_DIVISORS[united[2].toLowerCase()] || 1)).toFixed(6))}.`;
  if (new RegExp(`^${NUMBER}$`).test(value)) return `Write decimals with a point: ${key}${operator}${pointed(value)}.`;
  if (/[:hm]/.test(value) && /\d/.test(value)) return `Write times as minutes and seconds with two digits, such as ${key}>1:05.`;
  return `Write ${key}>2, ${key}<=2.5 or ${key}:0.5..2, with a point for decimals.`;
}

/** The message about a value that is none of the `values` of a field. */
function choiceProblem({ key, operator, value }, values) {
  const several = value.split(/[,;|/]/).filter(Boolean);
  if (several.length > 1 && several.every((each) => values.includes(each))) return `Write ${several.map((each) => `${key}:${each}`).join(' or ')}.`;
  const meant = closestText(value, values);
  return `“${key}” cannot be “${value}”. ${meant ? `Did you mean ${key}${operator}${/\s/.test(meant) ? `"${meant}"` : meant}? ` : ''}It is one of ${values.join(', ')}.`;
}

/** The message about a name that is not a field. Fields may have other names in `also`, such as the columns of tables. */
function fieldProblem(name, fields) {
  const owners = new Map([...fields].flatMap(([key, { also = [] }]) => [key, ...also].map((each) => [each, key])));
  const meant = owners.get(closestText(name.replace(/^!/, ''), [...owners.keys()]));
  const negated = name.startsWith('!') && meant ? ' To leave out what matches, write “-” before a condition.' : '';
  return `There is no field “${name}”. ${meant ? `Did you mean “${meant}”?${negated} ` : ''}Fields: ${[...fields.keys()].join(', ')}.`;
}

const OTHER_SIGNS = { '&&': 'Leave out “&&”: conditions beside each other must all hold.', '&': 'Leave out “&”: conditions beside each other must all hold.', '||': 'Write “or” instead of “||”.', '|': 'Write “or” instead of “|”.' };

/** Whether a word stands for “-”, as in other query languages. `next` is the part of the query after it. */
const isNot = (word, next) => word.toLowerCase() === 'not' && Boolean(next) && ['condition', '('].includes(next.type);

/** The message about a word that other query languages have, or null. `next` is the part of the query after it. */
function foreignWordProblem(word, next) {
  if (Object.hasOwn(OTHER_SIGNS, word)) return OTHER_SIGNS[word];
  return word === '!' && next && ['condition', '('].includes(next.type) ? `Write “-” instead of “${word}”, directly before the condition.` : null;
}

const searchedWord = ({ key, operator, value, word, isQuoted }) => (key === undefined ? `“${word}”` : `“${key}${operator}${isQuoted ? `"${value}"` : value}”`);

/** The words and conditions of a query tree that select by themselves, without those that are excluded. */
function positiveParts(tree) {
  if (tree.not) return [];
  if (tree.or || tree.and) return (tree.or || tree.and).flatMap(positiveParts);
  return [tree];
}

/**
 * Why a valid query finds nothing, as a sentence. `n` is the number of rows. A word that is a value or a name of a field is
 * probably meant as a condition.
 */
function emptyResultAdvice(text, fields, n) {
  const parts = positiveParts(parseQuery(text));
  const matchesNothing = (part) => {
    const test = compileTree(part, fields);
    for (let row = 0; row < n; row += 1) if (test(row)) return false;
    return true;
  };
  for (const part of parts.filter(matchesNothing)) {
    const none = `No gesture matches ${searchedWord(part)}.`;
    if (part.key !== undefined) {
      const several = part.isQuoted ? [] : part.value.split(/[,;|]/).filter(Boolean);
      return several.length > 1 ? `${none} Write ${several.map((each) => `${part.key}${part.operator}${each}`).join(' or ')} to find either.` : none;
    }
    const word = part.word.toLowerCase();
    const chosen = [...fields].find(([, { type, values }]) => type === 'choice' && values.includes(word));
    const named = fields.get(word);
    const meant = chosen ? `${chosen[0]}:${word}` : named && { number: `${word}>1`, flag: `${word}:yes`, choice: `${word}:${(named.values || [])[0]}`, text: `${word}:…` }[named.type];
    return `${none} Words are searched in ${[...fields].filter(([, { free }]) => free).map(([key]) => key).join(', ')}.${meant ? ` Did you mean ${meant}?` : ''}`;
  }
  return parts.length > 1 ? 'Each condition matches some gestures, but no gesture matches the whole search.' : '';
}

// The query language of lists: a parser and an evaluator that know nothing about the page.
//
// docs/page.md describes the grammar. The cases in tests/unit/report/query_cases.json are the
// reference for this implementation and others. A field is {type, get(row), values, free, also}:
//   text    get returns a string, or an array of strings any of which may match; free words are
//           searched in fields with `free`
//   number  get returns a number, or NaN if it is missing
//   choice  get returns one of `values`, or null
//   flag    get returns true, false or null; its choices are yes and no
// `also` lists other names, which messages recognise.

class QueryError extends Error {}
/** How many brackets can be inside each other. The browser's stack has room for some thousands. */
const MAX_DEPTH = 100;

const OPERATOR = /!=|<=|>=|[:=<>≤≥≠]/y;
const WORD = /(?:(?!!=)[^\s()"“”„:=<>≤≥≠])+/y;
const VALUE = /[^\s()"“”„]+/y;
/** Signs that phones and some editors type, and what they stand for. */
const TYPED_OPERATORS = { '≤': '<=', '≥': '>=', '≠': '!=' };

/**
 * The parts of a query: {type: '(' | ')' | '-' | 'or' | 'word' | 'condition', from, to, ...}, with their places in the text. Throws QueryError.
 * In a text in quotation marks, two of them stand for one; curly ones are closed by any.
 */
function tokenizeQuery(text) {
  const tokens = [];
  let at = 0;
  const read = (pattern) => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match) at += match[0].length;
    return match && match[0];
  };
  const readQuoted = () => {
    const quoted = text[at] === '"' ? /"((?:[^"]|"")*)"/y : /[“„”]([^“”"]*)[“”"]/y;
    if (!'"“„”'.includes(text[at] || ' ')) return null;
    quoted.lastIndex = at;
    const match = quoted.exec(text);
    if (!match) throw new QueryError('A quotation mark is not closed. Write another one after the text.');
    at = quoted.lastIndex;
    return text[match.index] === '"' ? match[1].replaceAll('""', '"') : match[1];
  };
  const readOperator = () => {
    const operator = read(OPERATOR);
    return TYPED_OPERATORS[operator] || operator;
  };
  for (read(/\s*/y); at < text.length; read(/\s*/y)) {
    const character = text[at];
    const [from, nBefore] = [at, tokens.length];
    if ('()'.includes(character)) {
      tokens.push({ type: character });
      at += 1;
    } else if (character === '-' && /[^\s)]/.test(text[at + 1] || ' ')) {
      tokens.push({ type: '-' });
      at += 1;
    } else {
      const quoted = readQuoted();
      const word = quoted ?? read(WORD);
      if (word === null) throw new QueryError(`“${read(OPERATOR) || character}” needs the name of a field before it, such as length>2.`);
      const operator = readOperator() || (/\s+(?:!=|[<>=:≤≥≠])/y.exec(text.slice(at)) && (read(/\s*/y), readOperator()));
      if (operator) {
        read(/\s*/y);
        const quotedValue = readQuoted();
        const value = quotedValue ?? read(VALUE);
        if (!value) throw new QueryError(`“${word}${operator}” needs a value.`);
        tokens.push({ type: 'condition', key: word, operator, value, isQuoted: quotedValue !== null });
      } else if (quoted === null && word.toLowerCase() === 'or') tokens.push({ type: 'or' });
      else if (word && (quoted !== null || word.toLowerCase() !== 'and')) tokens.push({ type: 'word', word, isQuoted: quoted !== null });
    }
    if (tokens.length > nBefore) Object.assign(tokens[nBefore], { from, to: at });
  }
  return tokens;
}

/** The tree of a query: {or: [...]}, {and: [...]}, {not: ...}, or a token. Throws QueryError. */
function parseQuery(text) {
  const tokens = tokenizeQuery(text);
  let at = 0;
  let depth = 0;
  function parseTerm() {
    depth += 1;
    if (depth > MAX_DEPTH) throw new QueryError('This search has too many brackets, or “-”, inside each other. Leave out those that change nothing.');
    const term = parseOne();
    depth -= 1;
    return term;
  }
  function parseOne() {
    const token = tokens[at];
    at += 1;
    if (token.type === '-') {
      if (at === tokens.length) throw new QueryError('“-” needs something after it.');
      return { not: parseTerm() };
    }
    if (token.type === 'or') throw new QueryError('“or” needs something before and after it.');
    if (token.type === ')') throw new QueryError('A “)” has no “(” before it. Remove it, or write “(” before it.');
    if (token.type === 'word' && !token.isQuoted) {
      if (isNot(token.word, tokens[at])) return { not: parseTerm() };
      const problem = foreignWordProblem(token.word, tokens[at]);
      if (problem) throw new QueryError(problem);
    }
    if (token.type !== '(') return token;
    const inner = parseAlternatives();
    if (at === tokens.length) throw new QueryError('A “(” is not closed. Write “)” after it.');
    at += 1;
    return inner;
  }
  function parseAll() {
    const terms = [];
    while (at < tokens.length && !['or', ')'].includes(tokens[at].type)) terms.push(parseTerm());
    return { and: terms };
  }
  function parseAlternatives() {
    const alternatives = [parseAll()];
    while (at < tokens.length && tokens[at].type === 'or') {
      at += 1;
      alternatives.push(parseAll());
    }
    if (alternatives.length > 1 && alternatives.some((each) => !each.and.length)) throw new QueryError('“or” needs something before and after it.');
    return alternatives.length > 1 ? { or: alternatives } : alternatives[0];
  }
  const tree = parseAlternatives();
  if (at < tokens.length) throw new QueryError('A “)” has no “(” before it. Remove it, or write “(” before it.');
  return tree;
}

/** A number as people type it: 2, 0.5, or a time 1:20.5, in seconds. NaN for other texts. */
function parseNumber(text) {
  const clock = /^(?:(\d+):)?(\d+):(\d\d(?:\.\d+)?)$/.exec(text);
  if (clock) return Number(clock[1] || 0) * 3600 + Number(clock[2]) * 60 + Number(clock[3]);
  return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : NaN;
}

const COMPARE = {
  '<': (a, b) => a < b, '<=': (a, b) => a <= b, '>': (a, b) => a > b, '>=': (a, b) => a >= b, ':': (a, b) => a === b, '=': (a, b) => a === b,
};

function numberTest({ key, operator, value }) {
  const range = operator === ':' || operator === '=' ? /^(.*?)\.\.(.*)$/.exec(value) : null;
  if (range && (range[1] || range[2])) {
    const [low, high] = [range[1] ? parseNumber(range[1]) : -Infinity, range[2] ? parseNumber(range[2]) : Infinity];
    if (low > high) throw new QueryError(`The range ${value} begins with its larger limit. Write ${key}${operator}${range[2]}..${range[1]}.`);
    if (!Number.isNaN(low + high) || low === -high) return (number) => low <= number && number <= high;
  }
  const limit = parseNumber(value);
  if (Number.isNaN(limit)) throw new QueryError(`“${key}” is a number. ${numberAdvice({ key, operator, value })}`);
  return (number) => COMPARE[operator](number, limit);
}

/** A test of texts: equal (=), or with `*` for any characters, or else containing the value. Results are kept, because texts repeat. */
function textTest({ key, operator, value, isQuoted }) {
  if (!isQuoted && /^[=<>]/.test(value)) throw new QueryError(`“${key}” is a text: write ${key}=${value.replace(/^[=<>]+/, '')}.`);
  if (!'=:'.includes(operator)) throw new QueryError(`“${key}” is a text: write ${key}:${value} instead of ${key}${operator}${value}.`);
  const folded = withoutAccents(value);
  let test = operator === '=' ? (text) => text === folded : (text) => text.includes(folded);
  if (!isQuoted && value.includes('*')) {
    const pattern = new RegExp(`^${folded.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`, 's');
    test = (text) => text !== '' && pattern.test(text);
  }
  const results = new Map();
  const testOne = (text) => {
    if (!results.has(text)) results.set(text, test(withoutAccents(text)));
    return results.get(text);
  };
  return (texts) => (Array.isArray(texts) ? texts.some(testOne) : testOne(texts));
}

function choiceTest({ key, operator, value, isQuoted }, values) {
  if (!'=:'.includes(operator)) throw new QueryError(`“${key}” is one of ${values.join(', ')}: write ${key}:${values[0]}.`);
  const test = textTest({ key, operator: '=', value, isQuoted });
  if (!values.some(test)) throw new QueryError(choiceProblem({ key, operator, value }, values));
  return test;
}

const flagText = (flag) => (flag === null ? '' : flag ? 'yes' : 'no');

/** The name of the field that a query names; capital letters do not matter. */
const fieldNamed = (text, fields) => [...fields.keys()].find((name) => name.toLowerCase() === text.toLowerCase());

function conditionTest(condition, fields) {
  if (condition.operator === '!=') {
    const isEqual = conditionTest({ ...condition, operator: '=' }, fields);
    return (row) => !isEqual(row);
  }
  const key = fieldNamed(condition.key, fields);
  if (key === undefined) throw new QueryError(fieldProblem(condition.key, fields));
  const { type, get, values } = fields.get(key);
  if (type === 'number') {
    const test = numberTest(condition);
    return (row) => test(get(row));
  }
  if (type === 'text') {
    const test = textTest(condition);
    return (row) => test(get(row));
  }
  const test = choiceTest(condition, type === 'flag' ? ['yes', 'no'] : values);
  return type === 'flag' ? (row) => test(flagText(get(row))) : (row) => test(get(row) ?? '');
}

/** A function that tells whether a row matches a tree of `parseQuery`. */
function compileTree(tree, fields) {
  if (tree.or) {
    const tests = tree.or.map((each) => compileTree(each, fields));
    return (row) => tests.some((test) => test(row));
  }
  if (tree.and) {
    const tests = tree.and.map((each) => compileTree(each, fields));
    return tests.length === 1 ? tests[0] : (row) => tests.every((test) => test(row));
  }
  if (tree.not) {
    // The name of a column may begin with “-”.
    const { key } = tree.not;
    if (key !== undefined && fieldNamed(key, fields) === undefined && fieldNamed(`-${key}`, fields) !== undefined) return conditionTest({ ...tree.not, key: `-${key}` }, fields);
    const test = compileTree(tree.not, fields);
    return (row) => !test(row);
  }
  if (tree.type === 'condition') return conditionTest(tree, fields);
  const freeFields = [...fields.values()].filter((field) => field.free);
  const test = textTest({ operator: ':', value: tree.word, isQuoted: true });
  return (row) => freeFields.some((field) => test(field.get(row)));
}

/** A function that tells whether a row matches a query. `fields` is a Map of fields by name. Throws QueryError. */
const compileQuery = (text, fields) => compileTree(parseQuery(text), fields);

/**
 * A handler of typing in a search box, which calls `act` after a short pause. While the query has a fault, the pause is longer: most
 * queries have one until their last word is typed. `fieldsOf()` gives the fields.
 */
function onQueryTyped(box, fieldsOf, act) {
  const isFaulty = () => {
    try {
      compileQuery(box.value, fieldsOf());
      return false;
    } catch (error) {
      if (error instanceof QueryError) return true;
      throw error;
    }
  };
  const actIfShown = () => { if (box.isConnected) act(); };
  const actLater = debounce(() => { if (isFaulty()) actIfShown(); }, 700);
  return debounce(() => (isFaulty() ? actLater() : actIfShown()));
}

// Changes of a query by the choices beside the search: one condition of a field at the top level of the query.

/** What the choice of a field says about a query: {value, token, hasOr}, with an empty value if the field is not in it; null if a choice cannot say it. */
function chosenCondition(query, key) {
  let tokens;
  try {
    parseQuery(query);
    tokens = tokenizeQuery(query);
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    return null;
  }
  const isOwn = (token) => token.type === 'condition' && token.key.toLowerCase() === key;
  const own = tokens.filter(isOwn);
  if (!own.length) return { value: '', token: null, hasOr: tokens.some(({ type }) => type === 'or') };
  const [token] = own;
  const before = tokens[tokens.indexOf(token) - 1];
  const isNegated = before && (before.type === '-' || (before.type === 'word' && !before.isQuoted && isNot(before.word, token)));
  const isAlone = own.length === 1 && ':='.includes(token.operator) && !isNegated && !tokens.some(({ type }) => '()'.includes(type) || type === 'or');
  return isAlone ? { value: token.value.toLowerCase(), token, hasOr: false } : null;
}

/**
 * Replace or remove the condition of one field in a query; an empty value removes it. What a choice cannot say stays, with the new condition
 * after it.
 */
function withCondition(query, key, value) {
  const chosen = chosenCondition(query, key);
  if (!chosen && !value) return query;
  const isPlain = chosen && !chosen.hasOr;
  const token = chosen && chosen.token;
  const rest = token ? `${query.slice(0, token.from)} ${query.slice(token.to)}`.replace(/\s+/g, ' ').trim() : query.trim();
  const condition = value && `${key}:${value}`;
  return [rest && condition && !isPlain ? `(${rest})` : rest, condition].filter(Boolean).join(' ');
}

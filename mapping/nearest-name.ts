import { distance } from 'fastest-levenshtein';

/** The candidate that the user most likely meant by `name`; undefined where none is close. */
export function nearestName(name: string, candidates: Iterable<string>): string | undefined {
  const given = name.toLowerCase();
  let nearest: string | undefined;
  let smallest = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const known = candidate.toLowerCase();
    const edits = distance(given, known);
    const partOf = given.length >= 3 && known.length >= 3 && (known.includes(given) || given.includes(known));
    // Up to two edits, or one in two letters of a longer name; a name that contains the other is close as well.
    const close = edits <= Math.max(2, Math.floor(known.length / 2)) && edits < known.length;
    if ((close || partOf) && edits < smallest) {
      smallest = edits;
      nearest = candidate;
    }
  }
  return nearest;
}

const most = 3;

/** The candidate that a mistyped word most likely means; `undefined` when none is near. */
export function findNearest(word: string, candidates: readonly string[]): string | undefined {
  return rank(word, candidates)[0]?.candidate;
}

/** The candidates that a mistyped or unfinished word may mean, at most three: those that begin with it, or else those that are nearest. */
export function findNear(word: string, candidates: readonly string[]): string[] {
  const begun = word.length < 2 ? [] : candidates.filter((candidate) => candidate.startsWith(word));
  if (begun.length > 0) return begun.slice(0, most);
  const ranked = rank(word, candidates);
  return ranked
    .filter(({ distance }) => distance === ranked[0]?.distance)
    .slice(0, most)
    .map(({ candidate }) => candidate);
}

/** Those that are near, the nearest first. */
function rank(word: string, candidates: readonly string[]): { candidate: string; distance: number }[] {
  const limit = Math.max(2, word.length / 3);
  return candidates
    .map((candidate) => ({ candidate, distance: measureDistance(word, candidate) }))
    .filter(({ distance }) => distance <= limit)
    .toSorted((a, b) => a.distance - b.distance);
}

/** Levenshtein distance: the fewest letters to add, drop or change. */
function measureDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [index, letter] of Array.from(a).entries()) {
    const next = [index + 1];
    for (const [column, other] of Array.from(b).entries()) {
      next.push(
        Math.min((next[column] ?? 0) + 1, (row[column + 1] ?? 0) + 1, (row[column] ?? 0) + (letter === other ? 0 : 1)),
      );
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

// "Did you mean ...?": the known name nearest to one that is not known.

/** Edit distance of two short texts: insertions, deletions, substitutions and swapped neighbours count one each (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  let twoAbove: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let least = Math.min((above[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, (above[column - 1] ?? 0) + (same ? 0 : 1));
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) least = Math.min(least, (twoAbove[column - 2] ?? 0) + 1);
      current.push(least);
    }
    twoAbove = above;
    above = current;
  }
  return above[b.length] ?? 0;
}

/** Case, hyphens and underscores are how people misremember a name; they cost nothing. */
const plain = (name: string): string => name.toLowerCase().replaceAll(/[-_]/g, '');

/** The nearest of `known`, or null where nothing is near: at most a third of the letters may differ. */
export function nearest(name: string, known: readonly string[]): string | null {
  const wanted = plain(name.slice(0, 64)); // the cost grows with the square; no name of ours is longer
  let best: { readonly name: string; readonly distance: number } | null = null;
  for (const candidate of known) {
    const other = plain(candidate);
    const distance = editDistance(wanted, other);
    if (distance > Math.max(1, Math.floor(Math.max(wanted.length, other.length) / 3))) continue;
    if (best === null || distance < best.distance) best = { name: candidate, distance };
  }
  return best?.name ?? null;
}

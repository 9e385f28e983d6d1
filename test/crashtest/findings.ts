/** What a reconciliation finds. Ids and codes only. */

export interface Finding {
  /** LOST: acknowledged, and missing. INVENTED: there, and never asked for. */
  kind: 'LOST' | 'INVENTED';
  where: 'database' | 'feed' | 'receiver' | 'answers' | 'service';
  says: string;
}

export const lost = (where: Finding['where'], says: string): Finding => ({ kind: 'LOST', where, says });
export const invented = (where: Finding['where'], says: string): Finding => ({ kind: 'INVENTED', where, says });

/** What was asked for against what is there, both as lines: of each as many as were asked for. */
export function reconcile(where: Finding['where'], asked: Iterable<string>, there: Iterable<string>): Finding[] {
  const surplus = new Map<string, number>();
  for (const line of asked) surplus.set(line, (surplus.get(line) ?? 0) - 1);
  for (const line of there) surplus.set(line, (surplus.get(line) ?? 0) + 1);
  return [...surplus].flatMap(([line, many]) =>
    Array.from({ length: Math.abs(many) }, () => (many < 0 ? lost : invented)(where, line)),
  );
}

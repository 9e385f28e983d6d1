/** A sheet that was recorded by a request that is sent again: each of its lines, read as it is now. */
import { isProblem } from '../domain/problem.ts';
import type { Answer } from './answer.ts';
import { getRelease, getStatement } from './list-consent.ts';
import type { Actor, Deps, Effect } from './ports.ts';
import type { RecordedLine, RecordedSheet } from './sheet.ts';

/** As `write-sheet.ts` notes it. */
interface Subject {
  client: string;
  lines: { statement?: string; release?: string }[];
}

export async function recordedBefore(deps: Deps, actor: Actor, effect: Effect): Promise<Answer<RecordedSheet>> {
  const { client, lines } = effect.subject as unknown as Subject;
  const recorded: RecordedLine[] = [];
  for (const { statement, release } of lines) {
    const said = { clientId: client, id: (statement ?? release)!, recordedAt: effect.at };
    if (statement === undefined) {
      const stored = await getRelease(deps, actor, said);
      if (isProblem(stored)) return stored;
      recorded.push({ type: 'RELEASE', stored });
    } else {
      const stored = await getStatement(deps, actor, said);
      if (isProblem(stored)) return stored;
      recorded.push({ type: 'STATEMENT', stored });
    }
  }
  return { recordedAt: effect.at, lines: recorded };
}

/**
 * Recording a statement, a release, or all that a signed sheet says; a single one is a sheet with one line.
 *
 * In one transaction, with the person locked. When it has been answered, no read that starts afterwards returns what it ends.
 */
import { isProblem } from '../domain/problem.ts';
import { type Answer, notFound } from './answer.ts';
import type { Actor, Deps } from './ports.ts';
import type { Line, RecordedLine, RecordedSheet, Sheet } from './sheet.ts';
import { writeSheet } from './write-sheet.ts';

export function recordConsentForm(
  deps: Deps,
  actor: Actor,
  clientId: string,
  sheet: Sheet,
): Promise<Answer<RecordedSheet>> {
  return deps.closing.run<Answer<RecordedSheet>>(async (tx) => {
    const locked = await tx.lockClient(actor, clientId, agenciesNamed(sheet.lines));
    const saysYes = sheet.lines.some((line) => line.decision === 'GIVEN');
    // A handle whose key was destroyed takes no yes any more, for its proof could not be kept; a no it always takes.
    if (locked === null || (locked.wrapped === null && saysYes)) return { commit: false, value: notFound('client') };
    const answer = await writeSheet(deps, tx, actor, clientId, locked, sheet);
    return { commit: !isProblem(answer), value: answer };
  });
}

/** The only line of a sheet that has one. */
export async function recordStated(
  deps: Deps,
  actor: Actor,
  clientId: string,
  sheet: Sheet,
): Promise<Answer<RecordedLine['stored']>> {
  const answer = await recordConsentForm(deps, actor, clientId, sheet);
  return isProblem(answer) ? answer : answer.lines[0]!.stored;
}

const agenciesNamed = (lines: readonly Line[]): string[] =>
  [...new Set(lines.flatMap((line) => [line.giver, line.recipient]))].filter((agency) => agency !== null);

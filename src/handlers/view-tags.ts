/** Tags of what a reader sees, by the table: of the view in an answer, and of what a request is about to change. */
import fastJson from 'fast-json-stringify';
import { schemaWithoutContent } from '../contract/answer-schema.ts';
import { getterOf } from '../contract/changes.ts';
import { type EntityTags, matchesStrongly } from '../contract/conditions.ts';
import { demandsVersion, type Operation } from '../contract/operation.ts';
import type { OperationId } from '../contract/operations.ts';
import { type ParsedInput, saysVersion } from '../contract/run.ts';
import { isProblem, type Problem, problem } from '../domain/problem.ts';
import type { Actor, Deps } from '../usecases/ports.ts';
import type { AllRuns } from './kit.ts';

export interface ViewTags {
  /** The tag of a view that this operation answered. */
  of(operation: Operation, actor: Actor, output: unknown): string;
  /** The input with the version that the tags stand for, or why they do not hold at this moment. */
  match(operation: Operation, actor: Actor, input: ParsedInput, tags: EntityTags): Promise<ParsedInput | Problem>;
}

export function tagsOf({ fingerprints }: Deps, runs: AllRuns): ViewTags {
  // Only what the contract names goes out, so only that counts.
  const texts = new Map<string, (view: unknown) => string>();
  const textOf = ({ id, output }: Operation): ((view: unknown) => string) => {
    const known = texts.get(id);
    if (known !== undefined) return known;
    const made = fastJson(schemaWithoutContent(output));
    texts.set(id, made);
    return made;
  };
  const of: ViewTags['of'] = (operation, { agency }, output) =>
    fingerprints.view(agency ?? 'admin', textOf(operation)(output));

  return {
    of,
    async match(operation, actor, input, tags) {
      const getter = getterOf(operation)!;
      const entry = runs[getter.id as OperationId];
      if (typeof entry === 'object' && 'wait' in entry) throw new Error(`${getter.id} is waited for and has no tag`);
      const look = typeof entry === 'function' ? entry : 'peek' in entry ? entry.peek : entry.run;
      const view = await look(actor, { ...input, query: {}, body: undefined });
      if (isProblem(view)) return view;
      const { version } = view as { version?: number };
      if (!matchesStrongly(tags, of(getter, actor, view))) {
        return problem('version-stale', 'It has changed since you read it: its ETag is another one. Read it again.', {
          ...(version === undefined ? {} : { extra: { currentVersion: version } }),
        });
      }
      if (!demandsVersion(operation) || saysVersion(input.body)) return input;
      return { ...input, body: { ...(input.body as object), expectedVersion: version } };
    },
  };
}

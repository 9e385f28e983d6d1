/** Which operation gets what another one changes. */
import type { Operation } from './operation.ts';
import { OPERATIONS } from './operations.ts';

const BY_ID = new Map<string, Operation>(OPERATIONS.map((operation) => [operation.id, operation]));

/** undefined: it changes no one thing. A test holds that whatever is named in `changes` is there, with the same params. */
export const getterOf = ({ changes }: Operation): Operation | undefined => BY_ID.get(changes ?? '');

/** Whether it answers all of what it changed, so that the ETag of its answer is that of the thing. */
export const answersWhole = (operation: Operation): boolean => operation.output === getterOf(operation)?.output;

/** Faults in what has to end: a fact that closes nothing, an end that is none, and what is read all the same. */
import type { Fault } from './fault.ts';

const REVIEW = 'src/domain/review.ts';
const closing = 'test/walls/closing.test.ts';

const LEFT_OPEN: Fault[] = [
  {
    name: 'one row is left open: what hangs on a row that closes',
    changes: [{ file: REVIEW, find: '      closedOne = true;\n', replace: '' }],
    checks: ['test/domain/review.test.ts'],
  },
  {
    name: 'a no, and a weaker yes, close nothing',
    changes: [
      {
        file: 'src/usecases/write-sheet.ts',
        find: 'const reviewed = await applyReview(tx, actor, locked, review, causeOf(sheet.lines));',
        replace: 'const reviewed = await applyReview(tx, actor, locked, NOTHING_ENDS, causeOf(sheet.lines));',
      },
    ],
    checks: [closing],
  },
  {
    name: 'one row is left open: the last of those that a fact closes',
    changes: [
      {
        file: 'src/usecases/review-persons.ts',
        find: 'await tx.applyReview(actor, { at, cause, persons, close, move });',
        replace: 'await tx.applyReview(actor, { at, cause, persons, close: close.slice(0, 1), move });',
      },
    ],
    checks: [closing],
  },
  {
    name: 'a termination closes nothing',
    changes: [
      {
        file: 'src/usecases/end-agreement.ts',
        find: 'const persons = await tx.lockPersonsOfAgreement(agreementId);',
        replace: 'const persons: string[] = [];',
      },
    ],
    checks: [closing],
  },
  {
    name: 'a suspension closes nothing',
    changes: [
      {
        file: 'src/usecases/change-agency.ts',
        find: 'const persons = await tx.lockPersonsOfAgency(agencyId);',
        replace: 'const persons: string[] = [];',
      },
    ],
    checks: [closing],
  },
  {
    name: 'a rejection closes nothing',
    changes: [
      {
        file: 'src/usecases/step-forwarding.ts',
        find: 'reviewRows(open, locked.facts, locked.at, locked.ofForwarding);',
        replace: 'reviewRows(open, locked.facts, locked.at);',
      },
    ],
    checks: [closing],
  },
  {
    name: 'a correction leaves the old entry with who held it',
    changes: [
      {
        file: 'src/usecases/correct-entry.ts',
        find: '    held.map((one) => one.row.id),\n',
        replace: '    [],\n',
      },
    ],
    checks: ['test/operations/corrections.test.ts'],
  },
  {
    name: 'a link unites what was said and decides nothing again',
    changes: [
      {
        file: 'src/usecases/redeem-link-code.ts',
        find: "await reviewPersons(tx, actor, linked.persons, 'CLIENT_LINKED');",
        replace: "await reviewPersons(tx, actor, [], 'CLIENT_LINKED');",
      },
    ],
    checks: ['test/operations/linked.test.ts', 'test/operations/linking.test.ts'],
  },
  {
    name: 'the end of a link leaves open what relied on it',
    changes: [
      {
        file: 'src/usecases/unlink-client.ts',
        find: 'reviewRows(openRows(locked), locked.facts, locked.at, ending);',
        replace: 'reviewRows(openRows(locked), locked.facts, locked.at);',
      },
    ],
    checks: ['test/operations/unlinking.test.ts'],
  },
  {
    name: 'an erasure leaves open what was disclosed of it',
    changes: [
      {
        file: 'src/usecases/erase-client.ts',
        find: "await applyReview(tx, actor, locked, review, 'ERASURE');",
        replace: '',
      },
    ],
    checks: ['test/operations/erasure.test.ts'],
  },
  {
    name: 'an erasure keeps the key',
    changes: [
      {
        sqlFunction: 'api.erase_client',
        find: 'UPDATE client_key k SET wrapped = NULL, destroyed_at = at WHERE k.client_id = client AND k.wrapped IS NOT NULL;',
        replace: 'PERFORM FROM client_key k WHERE k.client_id = client AND k.wrapped IS NOT NULL;',
      },
    ],
    checks: ['test/operations/erasure.test.ts'],
  },
  {
    name: 'a weaker yes asks for no confirmation',
    changes: [
      {
        file: 'src/usecases/write-sheet.ts',
        find: 'return needed ?? { recordedAt',
        replace: 'return needed?.problem === "not-found" ? needed : { recordedAt',
      },
    ],
    checks: ['test/operations/recording.test.ts', 'test/operations/consent-forms.test.ts'],
  },
];

const REOPENED: Fault[] = [
  {
    name: 'what time has ended goes on with a renewal',
    changes: [
      {
        file: REVIEW,
        find: 'if (row.goodUntil <= at) ended.push(end(row, row.goodUntil));\n    else if (ending',
        replace: 'if (ending',
      },
    ],
    checks: ['test/domain/review.test.ts'],
  },
  {
    name: 'what has ended since the review began goes on with it',
    changes: [
      {
        sqlFunction: 'api.apply_review',
        find: 'AND d.closed_at IS NULL AND api.clock_now() < d.good_until\n    RETURNING d.*',
        replace: 'AND d.closed_at IS NULL\n    RETURNING d.*',
      },
    ],
    checks: ['test/walls/clock.test.ts'],
  },
  {
    name: 'a renewed yes opens closed rows again',
    changes: [
      {
        sql: `
          DROP TRIGGER disclosure_keep_closed ON disclosure;
          CREATE FUNCTION internal.reopen() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
          SET search_path = public, pg_temp AS $$
          BEGIN
            UPDATE disclosure d SET closed_at = NULL, good_until = NEW.valid_until
            WHERE NEW.decision = 'GIVEN' AND d.from_id = NEW.discloser_id AND d.to_id = NEW.recipient_id;
            RETURN NEW;
          END $$;
          CREATE TRIGGER reopen AFTER INSERT ON statement FOR EACH ROW EXECUTE FUNCTION internal.reopen();`,
      },
    ],
    checks: ['test/walls/closing-time.test.ts'],
  },
  {
    name: 'a closed row may be changed',
    changes: [{ sql: 'DROP TRIGGER disclosure_keep_closed ON disclosure;' }],
    checks: ['test/walls/alone/database-writes.test.ts'],
  },
];

/** What takes the place of a decision: every open row is permitted, and the look-alike is let through. */
const LET_THROUGH = {
  file: 'src/domain/consent.ts',
  find: 'permits.isOn(value)',
  replace: "typeof value === 'object' && value !== null && 'reliedOn' in value",
};
const relied = '{ agreements: [], statements: [], releases: [], row: null }';

const READ_ANYWAY: Fault[] = [
  {
    name: 'the second decision is forgotten when a forwarding is read',
    changes: [
      LET_THROUGH,
      {
        file: 'src/usecases/read-forwarding.ts',
        find: "const { entries: decisions } = deps.watch.deciding('read', () => decide(question, facts));",
        replace: `const decisions = question.entries.map((one) => ({ outcome: 'PERMIT', entry: one.id, reliedOn: ${relied} }) as unknown as Permit);`,
      },
    ],
    checks: ['test/walls/second-decision.test.ts'],
  },
  {
    name: 'the second decision is forgotten when an entry is read',
    changes: [
      LET_THROUGH,
      {
        file: 'src/usecases/read-entries.ts',
        find: "const [decision] = deps.watch.deciding('read', () => decide(question, facts)).entries;",
        replace: `const decision = { outcome: 'PERMIT', entry: entry.id, reliedOn: ${relied} } as unknown as Permit;`,
      },
    ],
    checks: ['test/walls/second-decision.test.ts'],
  },
  {
    name: 'one view shows the raw entry, whatever was decided',
    changes: [
      {
        file: 'src/usecases/read-entries.ts',
        find: 'return held === null ? [] : [{ entry, found, held }];',
        replace: 'return [{ entry, found, held }];',
      },
      {
        file: 'src/usecases/read-entries.ts',
        find: 'const disclosed = disclose(entry, basis, content);',
        replace: 'const disclosed = { entry, payload: content() } as unknown as Disclosed;',
      },
      {
        file: 'src/contract/views.ts',
        find: "if (!isDisclosed(disclosed)) throw new Error('a view is made of disclosed values only');",
        replace: 'if (isDisclosed(null)) throw new Error();',
      },
    ],
    checks: ['test/walls/second-decision.test.ts'],
  },
  {
    name: 'the end of a row is not looked at when a forwarding is read',
    changes: [
      {
        file: 'src/usecases/read-forwarding.ts',
        find: 'const open = rows.filter((row) => row.closedAt === null && at < row.goodUntil);',
        replace: 'const open = rows.filter((row) => row.closedAt === null);',
      },
    ],
    checks: ['test/walls/expiry.test.ts'],
  },
  {
    name: 'the clock is taken from the application',
    changes: [
      {
        file: 'src/usecases/read-forwarding.ts',
        find: 'function permitsOf(deps: Deps, { at, header, rows, entries, facts }: ReadForwarding): Map<string, Permit> {',
        replace:
          'function permitsOf(deps: Deps, { header, rows, entries, facts }: ReadForwarding): Map<string, Permit> {\n  const at = Date.now();',
      },
    ],
    checks: ['test/walls/closing-time.test.ts'],
  },
  {
    name: 'the clock stands still while a transaction lasts',
    changes: [
      {
        sqlFunction: 'api.clock_now',
        find: "date_trunc('milliseconds', clock_timestamp())",
        replace: "date_trunc('milliseconds', now())",
      },
    ],
    checks: ['test/walls/clock.test.ts'],
  },
  {
    name: 'what was passed on ends with the first hop, though the entry came once more',
    changes: [
      {
        file: 'src/usecases/forward-laufzettel.ts',
        find: 'moves: heldLonger(decided, rows),',
        replace: 'moves: [],',
      },
    ],
    checks: ['test/walls/expiry.test.ts'],
  },
  {
    name: 'a forwarding moves the ends of what does not go with it',
    changes: [
      {
        sqlFunction: 'internal.lengthen_ends',
        find: ' AND d.entry_id = ANY (going)',
        replace: '',
      },
    ],
    checks: ['test/walls/alone/database-writes.test.ts'],
  },
  {
    name: 'a forwarding is written upon facts that no longer stand',
    changes: [
      {
        sqlFunction: 'api.commit_forward',
        find: 'IF locked IS DISTINCT FROM versions\n      OR EXISTS',
        replace: 'IF EXISTS',
      },
    ],
    checks: ['test/walls/race-links.test.ts', 'test/walls/race.test.ts'],
  },
  {
    name: 'what closes while it is being read is read all the same',
    changes: [
      {
        sqlFunction: 'internal.mark_first',
        find: 'IF marked < cardinality(first_reads) THEN',
        replace: 'IF marked < 0 THEN',
      },
    ],
    checks: ['test/walls/second-decision.test.ts'],
  },
];

export const FAULTS_OF_CLOSING: readonly Fault[] = [...LEFT_OPEN, ...REOPENED, ...READ_ANYWAY];

/** Faults that change no content that anybody reads: an open row that only the second decision hides, a version, the audit, an end that is told. */
import type { Check, Fault } from './fault.ts';

const forwardWaits = 'test/walls/forward-waits.test.ts';
const revocation = 'test/walls/revocation.test.ts';
const decidedBefore = 'test/walls/decided-before.test.ts';
const closingWhom = 'test/walls/closing-whom.test.ts';
const audit = 'test/walls/audit.test.ts';
const onward = 'test/operations/onward.test.ts';

const inSql = (name: string, sqlFunction: string, find: string, replace: string, check: Check): Fault => ({
  name,
  changes: [{ sqlFunction, find, replace }],
  checks: [check],
});
const inFile = (name: string, file: string, find: string, replace: string, check: Check): Fault => ({
  name,
  changes: [{ file, find, replace }],
  checks: [check],
});
const moves = (what: string, sqlFunction: string, find: string, check: Check): Fault =>
  inSql(`${what} makes nothing be decided again`, sqlFunction, find, find.replace('version + 1', 'version'), check);

const HIDDEN_ROWS: Fault[] = [
  inSql(
    'a termination leaves open what others have passed on under it',
    'api.lock_persons_of_agreement',
    '\n        OR e.origin_id IN (SELECT p.agency_id FROM agreement_party p WHERE p.agreement_id = agreement))',
    ')',
    closingWhom,
  ),
  inSql(
    'a no of another person concerned leaves the row open',
    'internal.review',
    'WHERE c.person_id = ANY (persons);',
    'WHERE c.person_id = ANY (persons) AND d.person_id = ANY (persons);',
    closingWhom,
  ),
  inFile(
    'an entry is read by a row that time has ended',
    'src/usecases/read-entries.ts',
    'row?.entry === entry.id && at < row.goodUntil',
    'row?.entry === entry.id',
    closingWhom,
  ),
  inSql(
    'the end of a link leaves open what relied on a release of the other side',
    'internal.standing_on_others',
    "UNION ALL\n      SELECT r.client_id FROM jsonb_array_elements_text(d.relied_on -> 'releases') AS named JOIN release r ON r.id = named::uuid\n",
    '\n',
    'test/operations/unlinking-releases.test.ts',
  ),
  inSql(
    'a release taken back at a handle that stood for both binds one side',
    'internal.make_second_handle',
    "AND r.decision <> 'GIVEN' AND r.recorded_at >= since;",
    'AND false;',
    'test/operations/unlinking-releases.test.ts',
  ),
  inSql(
    'a guardian lifts a no of a youth, for a request',
    'internal.end_refused_requests',
    "AND (y.stated_by = 'PERSON' OR NOT (s.stated_by = 'PERSON' AND s.age_band = 'FROM_15_TO_17'))",
    '',
    revocation,
  ),
  inSql(
    'a step is taken on what time has ended meanwhile',
    'api.step_forwarding',
    '\n    AND internal.is_live(hop, now) RETURNING',
    ' RETURNING',
    'test/walls/expiry.test.ts',
  ),
  inFile(
    'an erasure that is repeated after a restore closes nothing',
    'src/usecases/erase-client.ts',
    'await erase(tx, LEDGER, clientId, locked);',
    'await tx.eraseClient(LEDGER, clientId, locked.at, { entriesErased: 0, disclosuresClosed: 0 });',
    'test/restore.test.ts',
  ),
  inSql(
    'an erasure keeps what the file reference was found by',
    'api.erase_client',
    'file_reference_sealed = NULL, file_reference_index = NULL',
    'file_reference_sealed = NULL',
    'test/walls/alone/encryption.test.ts',
  ),
];

const DECIDED_BEFORE: Fault[] = [
  inSql(
    'a recall makes nothing be decided again',
    'api.apply_review',
    "IF jsonb_array_length(p -> 'close') + jsonb_array_length(p -> 'move') > 0 THEN",
    'IF false THEN',
    revocation,
  ),
  moves('a no', 'api.record_statement', 'UPDATE person SET version = version + 1\n', decidedBefore),
  moves('a release', 'api.record_release', 'UPDATE person SET version = version + 1\n', decidedBefore),
  moves('an erasure', 'api.erase_client', 'UPDATE person SET version = version + 1 ', decidedBefore),
  moves('a correction', 'api.correct_entry', 'UPDATE person SET version = version + 1 ', decidedBefore),
  moves('a suspension', 'api.change_agency', 'SET version = a.version + 1,', decidedBefore),
  moves('a termination', 'api.change_agreement', 'SET version = a.version + 1 WHERE', decidedBefore),
  inSql(
    'a forwarding does not wait for a suspension',
    'api.commit_forward',
    'FROM (SELECT a.id, a.version FROM agency a WHERE a.id = ANY (agencies) ORDER BY a.id FOR SHARE) AS one;',
    'FROM agency one WHERE one.id = ANY (agencies);',
    forwardWaits,
  ),
  inSql(
    'a forwarding does not wait for a termination',
    'api.commit_forward',
    'FROM (SELECT a.id, a.version FROM agreement a WHERE a.id = ANY (agreements) ORDER BY a.id FOR SHARE) AS one;',
    'FROM agreement one WHERE one.id = ANY (agreements);',
    forwardWaits,
  ),
];

const TOLD: Fault[] = [
  inSql('the audit forgets who sat there', 'internal.note', "actor ->> 'caseworker',", 'NULL,', audit),
  inSql('the audit of a closing names another cause', 'api.apply_review', "p ->> 'cause',", "'WITHDRAWN',", revocation),
  inFile(
    'what time had ended is audited as closed by who came by',
    'src/usecases/review-persons.ts',
    "await tx.applyReview(CLOCK, { at, cause: 'TIME',",
    "await tx.applyReview(actor, { at, cause: 'TIME',",
    audit,
  ),
  inFile(
    'the audit of a forwarding forgets what it left out',
    'src/usecases/forward-laufzettel.ts',
    'subject: { ...subjectOf(laufzettelId, decided), forwarding: id },',
    'subject: { ...subjectOf(laufzettelId, decided), withheld: [], forwarding: id },',
    audit,
  ),
  inFile(
    'who passes on is told until when the author was told yes, by what it sent',
    'src/usecases/read-forwarding.ts',
    'goodUntil: origin === header.from ? Math.min(goodUntil, closedAt ?? goodUntil) : null,',
    'goodUntil: Math.min(goodUntil, closedAt ?? goodUntil) + origin.length * 0,',
    onward,
  ),
  inFile(
    'who passes on is told until when the author was told yes, by a preview',
    'src/usecases/preview-forwarding.ts',
    'entry.origin === question.discloser',
    'entry.origin !== question.recipient',
    onward,
  ),
  inSql(
    'the author is told of agreements that others have without it',
    'api.list_disclosures',
    'a.agreement_id = one::uuid AND a.agency_id = reader)',
    'a.agreement_id = one::uuid)',
    onward,
  ),
  inSql(
    'an event tells the author of a forwarding of others',
    'api.commit_forward',
    "'disclosureId', r -> 'id'), at)\n    FROM",
    "'disclosureId', r -> 'id', 'forwardingId', hop), at)\n    FROM",
    onward,
  ),
  inSql(
    'the recipient is told under which agreement a Laufzettel was made',
    'internal.laufzettel_shown',
    'CASE WHEN l.created_by = reader THEN l.agreement_id END',
    'l.agreement_id',
    'test/operations/laufzettel.test.ts',
  ),
  inSql(
    'a no to everybody is shown whole to each whom it concerns',
    'api.list_statements',
    'CASE WHEN s.recorded_by = reader THEN s.discloser_id ELSE reader END',
    's.discloser_id',
    'test/operations/consent-views.test.ts',
  ),
];

export const FAULTS_UNSEEN: readonly Fault[] = [...HIDDEN_ROWS, ...DECIDED_BEFORE, ...TOLD];

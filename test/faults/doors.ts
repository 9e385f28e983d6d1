/** Faults at the doors: who may ask, what an answer, an error, a log line, an event or a number tells, what is kept. */
import type { Fault } from './fault.ts';

const WHO_ASKS: Fault[] = [
  {
    name: 'a scope is not asked for',
    changes: [
      {
        file: 'src/contract/run.ts',
        find: 'if (!operation.scopes.some((scope) => holds(caller, scope))) {',
        replace: 'if (operation.scopes.length === 0) {',
      },
    ],
    checks: ['test/contract/doors.test.ts'],
  },
  {
    name: "an agency's token with the admin's scope is the admin's",
    changes: [
      {
        file: 'src/contract/run.ts',
        find: "caller.scopes.has(scope) && (scope === 'exchange:admin') === (caller.agency === null)",
        replace: 'caller.scopes.has(scope)',
      },
    ],
    checks: ['test/contract/doors.test.ts'],
  },
  {
    name: 'a token for somebody else is taken',
    changes: [{ file: 'src/auth/verify.ts', find: '        audience: rules.audience,\n', replace: '' }],
    checks: ['test/auth/verify.test.ts'],
  },
  {
    name: 'a remembered token does not end',
    changes: [
      {
        file: 'src/auth/verify.ts',
        find: 'if (known && now < known.expiresAt) return known;',
        replace: 'if (known) return known;',
      },
    ],
    checks: ['test/auth/verify.test.ts'],
  },
  {
    name: "another agency's id is answered with 403",
    changes: [
      {
        file: 'src/usecases/read-forwarding.ts',
        find: "    if (found === null) return notFound('forwarding');\n    return found.received",
        replace:
          "    if (found === null) return { problem: 'not-allowed', detail: 'It is not yours.' };\n    return found.received",
      },
    ],
    checks: ['test/operations/walls.test.ts'],
  },
  {
    name: 'a cursor serves whoever has it',
    changes: [
      {
        file: 'src/persistence/vault.ts',
        find: 'encrypt(cursorKey, `cursor:${caller}:${list}`, Buffer.from(`${at} ${id}`))',
        replace: 'encrypt(cursorKey, `cursor:${list}`, Buffer.from(`${at} ${id}`))',
      },
      {
        file: 'src/persistence/vault.ts',
        find: 'decrypt(cursorKey, `cursor:${caller}:${list}`, sealed)',
        replace: 'decrypt(cursorKey, `cursor:${list}`, sealed)',
      },
    ],
    checks: ['test/walls/alone/encryption.test.ts'],
  },
];

const AUDIT: Fault[] = [
  {
    name: 'an answer does not wait until its reading is noted',
    changes: [
      {
        file: 'src/persistence/reading-notes.ts',
        find: 'waiting.push({ reading, resolve, reject });',
        replace:
          "waiting.push({ reading, resolve, reject }); resolve({ status: 'DELIVERED', version: 2, changedAt: reading.at });",
      },
    ],
    checks: ['test/persistence/reading-notes.test.ts'],
  },
  {
    name: 'the audit of a reading is skipped',
    changes: [
      {
        sqlFunction: 'api.mark_read',
        find: "PERFORM internal.note(actor, 'entries.read', 'PERMIT', subject, at);",
        replace: '',
      },
      {
        sqlFunction: 'api.note_readings',
        find: 'FROM found WHERE NOT suspended AND again',
        replace: 'FROM found WHERE false',
      },
    ],
    checks: ['test/walls/audit.test.ts'],
  },
  {
    name: 'the audit of a refusal is skipped',
    changes: [
      {
        file: 'src/usecases/forward-laufzettel.ts',
        find: "await deps.audit.note(actor, 'forwarding.send', 'WITHHOLD', subject, found.at);",
        replace: 'void subject;',
      },
    ],
    checks: ['test/walls/audit.test.ts'],
  },
  {
    name: 'the audit of a preview is skipped',
    changes: [
      {
        file: 'src/usecases/preview-forwarding.ts',
        find: "await deps.audit.note(actor, 'forwarding.preview', outcome, subjectOf(laufzettelId, decided), found.at);",
        replace: 'void outcome;',
      },
    ],
    checks: ['test/walls/audit.test.ts'],
  },
];

const TOLD: Fault[] = [
  {
    name: 'a value in a log line: the path as it was sent',
    changes: [
      {
        file: 'src/logger.ts',
        find: "return UUID.test(written[index] ?? '') ? written[index] : part;",
        replace: 'return written[index] ?? part;',
      },
    ],
    checks: ['test/logger.test.ts', 'test/walls/canary.test.ts'],
  },
  {
    name: 'a value in a log line: what a field of an exception says',
    changes: [
      {
        file: 'src/logger.ts',
        find: 'message: error.message };\n  return {',
        replace: 'message: error.message };\n  return {\n    message: error.message,',
      },
    ],
    checks: ['test/logger.test.ts'],
  },
  {
    name: 'a value in an event: the proof of a consent',
    changes: [
      {
        file: 'src/usecases/write-sheet.ts',
        find: "if (type === 'STATEMENT') await tx.recordStatement(actor, bare as StatementRecord, evidence);",
        replace:
          "if (type === 'STATEMENT') await tx.recordStatement(actor, { ...bare, evidenceRef } as unknown as StatementRecord, evidence);",
      },
      {
        sql: `
          CREATE FUNCTION internal.tell_all() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;`,
      },
      {
        sqlFunction: 'api.record_statement',
        find: 'BEGIN',
        replace: `BEGIN
  INSERT INTO event (id, agency_id, type, subject, at)
  SELECT uuidv7(), (actor ->> 'agency')::uuid, 'statement.recorded', p, api.clock_now();`,
      },
    ],
    checks: ['test/walls/canary.test.ts'],
  },
  {
    name: 'an event tells its recipient what was withheld',
    changes: [
      {
        sqlFunction: 'api.commit_forward',
        find: "PERFORM internal.tell(actor, recipient, 'forwarding.received', jsonb_build_object('forwardingId', hop), at);",
        replace:
          "PERFORM internal.tell(actor, recipient, 'forwarding.received', jsonb_build_object('forwardingId', hop, 'of', p -> 'subject'), at);",
      },
    ],
    checks: ['test/walls/inference.test.ts'],
  },
  {
    name: 'an error text repeats what was sent',
    changes: [
      {
        file: 'src/contract/payload.ts',
        find: 'return input === null ?',
        replace: "if (typeof input === 'string') return `${sentence}: ${input}`;\n    return input === null ?",
      },
    ],
    checks: ['test/contract/payload.test.ts'],
  },
  {
    name: 'an exception tells its text',
    changes: [
      {
        file: 'src/graphql/errors.ts',
        find: "return problem('internal', 'Something failed here; it has been logged under the id in instance.');",
        replace: "return problem('internal', String((cause as Error | undefined)?.message));",
      },
    ],
    checks: ['test/contract/doors.test.ts'],
  },
  {
    name: 'a value in a header: the file reference that was sent',
    changes: [
      {
        file: 'src/rest/door.ts',
        find: 'const answer = await watch(',
        replace:
          "const sent = (body as { fileReference?: unknown } | undefined)?.fileReference;\n      if (typeof sent === 'string') reply.header('content-location', encodeURIComponent(sent));\n      const answer = await watch(",
      },
    ],
    checks: ['test/walls/canary.test.ts'],
  },
  {
    name: 'a number counts what its reader cannot see: a termination',
    changes: [
      {
        file: 'src/usecases/review-persons.ts',
        find: "rows.filter((row) => [row.from, row.to, row.origin].includes(agency ?? ''));",
        replace: 'agency === null ? [] : [...rows];',
      },
    ],
    checks: ['test/operations/agreements.test.ts', 'test/walls/inference-traces.test.ts'],
  },
  {
    name: 'a list of disclosures shows what its recipient never read',
    changes: [
      {
        sqlFunction: 'api.list_disclosures',
        find: 'OR (d.to_id = reader AND (d.fetched_at IS NOT NULL OR (d.closed_at IS NULL AND api.clock_now() < d.good_until))))',
        replace: 'OR d.to_id = reader)',
      },
    ],
    checks: ['test/walls/closing-traces.test.ts'],
  },
  {
    name: 'a forwarding shows that something closed that was never read',
    changes: [
      {
        sqlFunction: 'api.read_forwarding',
        find: ' AND (d.closed_at IS NULL OR d.fetched_at IS NOT NULL);',
        replace: ';',
      },
      {
        file: 'src/usecases/read-forwarding.ts',
        find: '.filter((row) => row.fetched && (row.closedAt',
        replace: '.filter((row) => (row.closedAt',
      },
    ],
    checks: ['test/walls/closing-traces.test.ts'],
  },
  {
    name: 'a page has a gap where something is withheld',
    changes: [
      {
        file: 'src/usecases/read-entries.ts',
        find: 'if (all.length >= most || last === undefined || found.entries.length < most) return all.slice(0, most);',
        replace: 'if (last === undefined || all.length >= 0) return all.slice(0, most);',
      },
    ],
    checks: ['test/walls/second-decision.test.ts'],
  },
  {
    name: 'an ETag is made of what its reader cannot see',
    changes: [
      {
        file: 'src/handlers/view-tags.ts',
        find: "fingerprints.view(agency ?? 'admin', textOf(operation)(output));",
        replace: "fingerprints.view(agency ?? 'admin', textOf(operation)(output) + Date.now());",
      },
    ],
    checks: ['test/rest/preconditions.test.ts'],
  },
  {
    name: 'a tag is the same for two readers',
    changes: [
      {
        file: 'src/persistence/fingerprints.ts',
        find: 'hmac(`view:${reader}`,',
        replace: "hmac(reader === '' ? reader : 'view',",
      },
    ],
    checks: ['test/rest/preconditions.test.ts'],
  },
  {
    name: 'a yes is shown to whom it is not about',
    changes: [
      {
        sqlFunction: 'api.list_statements',
        find: "OR (s.decision <> 'GIVEN' AND (s.discloser_id IS NULL OR s.discloser_id = reader)))",
        replace: 'OR s.discloser_id IS NOT NULL)',
      },
    ],
    checks: ['test/operations/consent-views.test.ts'],
  },
  {
    name: 'what an earlier request has done is told to its repetition as a problem',
    changes: [
      {
        file: 'src/usecases/once.ts',
        find: 'return (isProblem(answer) ? await before() : null) ?? { answer, replayed: false };',
        replace: 'return { answer, replayed: false };',
      },
    ],
    checks: ['test/walls/retries.test.ts'],
  },
  {
    name: 'a second effect with the same key is written over the first one',
    changes: [
      {
        sqlFunction: 'internal.note_effect',
        find: "\n  WHERE k.started_at <= now - interval '24 hours';",
        replace: ';',
      },
    ],
    checks: ['test/walls/retries.test.ts'],
  },
  {
    name: 'an idempotent replay serves the answer of then',
    changes: [
      {
        file: 'src/usecases/once.ts',
        find: "/** Each waits for another's effect a second at most. */",
        replace:
          "const answers = new Map<string, unknown>();\n\n/** Each waits for another's effect a second at most. */",
      },
      {
        file: 'src/usecases/once.ts',
        find: 'return { answer: await demand(replay)(found), replayed: true };',
        replace:
          "return { answer: (answers.get(hash.toString('hex')) ?? (await demand(replay)(found))) as Answer<T>, replayed: true };",
      },
      {
        file: 'src/usecases/once.ts',
        find: 'return (isProblem(answer) ? await before() : null) ?? { answer, replayed: false };',
        replace:
          "answers.set(hash.toString('hex'), answer);\n      return (isProblem(answer) ? await before() : null) ?? { answer, replayed: false };",
      },
    ],
    checks: ['test/operations/retries.test.ts'],
  },
];

const KEPT: Fault[] = [
  {
    name: 'a ciphertext is not bound to its entry',
    changes: [
      {
        file: 'src/usecases/ports/ground.ts',
        find: '`entry:${entryId}:${category}`',
        replace: '`entry:${entryId.slice(0, 0)}:${category}`',
      },
    ],
    checks: ['test/walls/alone/encryption.test.ts'],
  },
  {
    name: 'a ciphertext is not bound to its category',
    changes: [
      {
        file: 'src/usecases/ports/ground.ts',
        find: '`entry:${entryId}:${category}`',
        replace: '`entry:${entryId}:${category.slice(0, 0)}`',
      },
    ],
    checks: ['test/walls/alone/encryption.test.ts'],
  },
  {
    name: 'a key is not bound to its handle',
    changes: [
      {
        file: 'src/persistence/master-key.ts',
        find: 'return Buffer.concat([this.#fingerprint, encrypt(this.#key, `key:${name}`, secret)]);',
        replace: "return Buffer.concat([this.#fingerprint, encrypt(this.#key, name === '' ? name : 'key', secret)]);",
      },
      {
        file: 'src/persistence/master-key.ts',
        find: 'return decrypt(this.#key, `key:${name}`, wrapped.subarray(FINGERPRINT_BYTES));',
        replace: "return decrypt(this.#key, name === '' ? name : 'key', wrapped.subarray(FINGERPRINT_BYTES));",
      },
    ],
    checks: ['test/walls/alone/encryption.test.ts'],
  },
];

export const FAULTS_OF_THE_DOORS: readonly Fault[] = [...WHO_ASKS, ...AUDIT, ...TOLD, ...KEPT];

/** The canary run finds what is wrong, and tells it by a short story. */
import { leftToItsCommand } from '../support/long.ts';
import { t } from '../support/t.ts';
import { leaktest } from './run.ts';

t.setTimeout(300_000);
const say = (): void => {};

/** A no is heard for another category than it was said for, and nobody notices when it is recorded. */
const NO_MISHEARD = `
  CREATE FUNCTION leaktest.mishear() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF NEW.decision <> 'GIVEN' THEN NEW.categories := ARRAY['RUECKMELDUNG']; END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER mishear BEFORE INSERT ON public.statement FOR EACH ROW EXECUTE FUNCTION leaktest.mishear()`;

// It takes a minute.
t.test('a no that is not heard is found, and told by a short story', { skip: leftToItsCommand }, async (t) => {
  const report = await leaktest({ operations: 3_000, seed: 3, say, plant: NO_MISHEARD });
  t.equal(report.findings.length, 1, 'one thing is found, and the run ends');
  t.ok(report.story.length > 0 && report.story.length <= 25, `${report.story.length} parts`);
  const moves = report.story.flatMap((part) => ('move' in part ? [part.move.do] : []));
  t.ok(
    moves.some((move) => move === 'no' || move === 'sheet'),
    'the no is part of it',
  );
});

/** What may not be discussed any more is shown to whoever had received it as well. */
const DROPPED_FOR_ALL = `
  DO $$ BEGIN
    EXECUTE replace(pg_get_functiondef('internal.agenda_item'::regproc), 'bool_and(f.from_id = reader)', 'bool_and(true)');
  END $$`;

// As long.
t.test('what stays on the agenda of a conference is found', { skip: leftToItsCommand }, async (t) => {
  const report = await leaktest({ operations: 2_000, seed: 1, say, plant: DROPPED_FOR_ALL, shorten: false });
  t.match(report.findings.join('\n'), /leak: m\d+, read by agency .* \(dropped\)/);
});

/** What is written stands in clear beside the ciphertext. */
const IN_CLEAR = `
  CREATE TABLE public.note (text text);
  GRANT INSERT ON public.note TO laufzettel_service;
  INSERT INTO public.note VALUES ('zqxwve0001000001')`;

t.test('what stands in the database in clear is found', async (t) => {
  const report = await leaktest({ operations: 60, seed: 7, say, plant: IN_CLEAR });
  t.match(report.findings.join('\n'), /COPY of public\.note/);
  t.match(report.findings.join('\n'), /file /);
});

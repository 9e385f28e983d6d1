/**
 * What whoever runs the exchange can measure, as Prometheus reads it. A label is the name of an operation, a status or a
 * code of ours: never an id, an agency, or anything of a person.
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { attemptView } from '../contract/webhooks.ts';
import type { EntryDecision, Reason } from '../domain/facts.ts';
import type { ReminderKind } from '../domain/reminder.ts';

export type Door = 'rest' | 'graphql';

export interface Connections {
  total: number;
  idle: number;
  waiting: number;
}

/** From a quick read to what the database's statement timeout ends. */
const DURATIONS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const DECIDED_AT = ['preview', 'forward', 'read', 'review'] as const;
export type CountedAt = (typeof DECIDED_AT)[number];

interface Decided {
  outcome: EntryDecision['outcome'];
  reasons?: readonly Reason[];
}

export type Metrics = ReturnType<typeof createMetrics>;

export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const operations = new Histogram({
    name: 'laufzettel_operation_duration_seconds',
    help: 'Operations by door and by the status of their answer; at GraphQL each field by itself.',
    labelNames: ['door', 'operation', 'status'],
    buckets: DURATIONS_SECONDS,
    registers,
  });
  const responses = new Counter({
    name: 'laufzettel_http_responses_total',
    help: 'Answers by status, those to requests that reached no operation among them.',
    labelNames: ['door', 'status'],
    registers,
  });
  const decisions = countDecisions(registers);
  const closed = new Counter({
    name: 'laufzettel_disclosures_closed_total',
    help: 'Disclosures that ended, by what ended them.',
    labelNames: ['cause'],
    registers,
  });
  const reminders = new Counter({
    name: 'laufzettel_reminders_total',
    help: 'What was told because its time had come, by kind; one may be told to two agencies.',
    labelNames: ['kind'],
    registers,
  });
  const clock = watchClock(registers);
  const delivering = countDeliveries(registers);
  return {
    text: () => registry.metrics(),
    contentType: registry.contentType,
    operation: (door: Door, operation: string, status: number, seconds: number) =>
      operations.observe({ door, operation, status }, seconds),
    response: (door: string, status: number) => responses.inc({ door, status }),
    decided: decisions,
    closed: (cause: string, rows: number) => closed.inc({ cause }, rows),
    reminded: (kind: ReminderKind) => reminders.inc({ kind }),
    clockRan: clock,
    ...delivering,
    watchConnections: (read: () => Connections) => watchConnections(registers, read),
  };
}

function countDecisions(registers: Registry[]) {
  const outcomes = new Counter({
    name: 'laufzettel_decisions_total',
    help: 'Entries decided upon. At review only those are counted whose disclosure closes.',
    labelNames: ['at', 'outcome'],
    registers,
  });
  const reasons = new Counter({
    name: 'laufzettel_withheld_total',
    help: 'Reasons for which entries were withheld; one entry may have several.',
    labelNames: ['at', 'reason'],
    registers,
  });
  const unreadable = new Counter({
    name: 'laufzettel_unreadable_total',
    help: 'Entries withheld because facts in the database cannot be read. Anything above zero is an alarm.',
    labelNames: ['at'],
    registers,
  });
  // From the start, so that the first one is seen as an increase.
  for (const at of DECIDED_AT) unreadable.inc({ at }, 0);
  return (at: CountedAt, decided: readonly Decided[]): void => {
    for (const { outcome, reasons: why = [] } of decided) {
      outcomes.inc({ at, outcome });
      for (const reason of why) reasons.inc({ at, reason });
      if (why.includes('UNREADABLE')) unreadable.inc({ at });
    }
  };
}

const OUTCOMES = attemptView.shape.outcome.options;

function countDeliveries(registers: Registry[]) {
  const numbered = new Counter({
    name: 'laufzettel_events_numbered_total',
    help: 'Events that this instance has numbered, and so made visible to those whom they are for.',
    registers,
  });
  const attempts = new Counter({
    name: 'laufzettel_webhook_attempts_total',
    help: 'What came of sending an event to a webhook.',
    labelNames: ['outcome'],
    registers,
  });
  const disabled = new Counter({
    name: 'laufzettel_webhooks_disabled_total',
    help: 'Webhooks that were disabled because their addresses take nothing (FAILING) or said that they are gone (GONE).',
    labelNames: ['why'],
    registers,
  });
  // From the start, so that the first one is seen as an increase.
  for (const outcome of OUTCOMES) attempts.inc({ outcome }, 0);
  for (const why of ['GONE', 'FAILING']) disabled.inc({ why }, 0);
  return {
    numbered: (events: number) => numbered.inc(events),
    attempted: (outcome: string) => attempts.inc({ outcome }),
    disabled: (why: string) => disabled.inc({ why }),
  };
}

/** @returns to be called when the job has run to its end. */
function watchClock(registers: Registry[]): () => void {
  let lastRunMs = Date.now();
  const lastRun: Gauge = new Gauge({
    name: 'laufzettel_clock_last_run_timestamp_seconds',
    help: 'When the job that closes what time has ended last ran to its end; at first, when the service started.',
    registers,
    collect: () => lastRun.set(lastRunMs / 1000),
  });
  const lag: Gauge = new Gauge({
    name: 'laufzettel_clock_lag_seconds',
    help: 'How long ago that was.',
    registers,
    collect: () => lag.set((Date.now() - lastRunMs) / 1000),
  });
  return () => {
    lastRunMs = Date.now();
  };
}

function watchConnections(registers: Registry[], read: () => Connections): void {
  const connections: Gauge = new Gauge({
    name: 'laufzettel_database_connections',
    help: 'Of the pool: open ones (total), those of them that are idle, and requests waiting for one.',
    labelNames: ['state'],
    registers,
    collect: () => {
      for (const [state, count] of Object.entries(read())) connections.set({ state }, count);
    },
  });
}

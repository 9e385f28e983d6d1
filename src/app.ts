/** The composition root: every store, plugin and door by name, in order. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import Fastify, { type FastifyBaseLogger } from 'fastify';
import type { JWK } from 'jose';
import { v7 as uuidv7 } from 'uuid';
import { checkAgreementSignature } from './auth/agreement-signature.ts';
import { generateClientKey } from './auth/client-credentials.ts';
import { builtInIssuer, trustInBuiltIn } from './auth/issuer.ts';
import { createTokenVerifier, type TokenVerifier } from './auth/verify.ts';
import type { Config } from './config.ts';
import { startClocks } from './delivery/clocks.ts';
import { germanHolidays } from './delivery/holidays.ts';
import { startLaneRunner } from './delivery/lane-runner.ts';
import { rhythms } from './delivery/rhythms.ts';
import { webhookPost } from './delivery/webhook-post.ts';
import { exampleCommand } from './embedded/example-command.ts';
import { graphqlDoor } from './graphql/door.ts';
import { playground } from './graphql/playground.ts';
import { createExport } from './handlers/export.ts';
import { createHandlers } from './handlers/handlers.ts';
import type { Logger } from './logger.ts';
import { agencyStore } from './persistence/agency-store.ts';
import { agreementStore } from './persistence/agreement-store.ts';
import { auditStore } from './persistence/audit-store.ts';
import { clientStore } from './persistence/client-store.ts';
import { closing } from './persistence/closing.ts';
import { closureStore } from './persistence/closure-store.ts';
import { conferenceStore } from './persistence/conference-store.ts';
import { consentStore } from './persistence/consent-store.ts';
import { consentTextStore } from './persistence/consent-text-store.ts';
import { type Database, openDatabase } from './persistence/database.ts';
import { entryStore } from './persistence/entry-store.ts';
import { erasureLedger } from './persistence/erasure-ledger.ts';
import { type EventLine, openEventLine } from './persistence/event-line.ts';
import { eventStore } from './persistence/event-store.ts';
import { loadExchangeKeys } from './persistence/exchange-keys.ts';
import { exportStore } from './persistence/export-store.ts';
import { createFingerprints } from './persistence/fingerprints.ts';
import { forwardingStore } from './persistence/forwarding-store.ts';
import { openLaneLocks } from './persistence/lane-locks.ts';
import { laufzettelStore } from './persistence/laufzettel-store.ts';
import { linkCodeKey } from './persistence/link-code-key.ts';
import { linkingStore } from './persistence/linking-store.ts';
import { MasterKeyRing } from './persistence/master-key.ts';
import { KnownNetwork } from './persistence/network.ts';
import { ownPageStore } from './persistence/own-page-store.ts';
import { planStore } from './persistence/plan-store.ts';
import { proposalStore } from './persistence/proposal-store.ts';
import { readingNotes } from './persistence/reading-notes.ts';
import { reminderStore } from './persistence/reminder-store.ts';
import { requestStore } from './persistence/request-store.ts';
import { retryStore } from './persistence/retry-store.ts';
import { roundStore } from './persistence/round-store.ts';
import { systemStore } from './persistence/system-store.ts';
import { createVault } from './persistence/vault.ts';
import { waitingStore } from './persistence/waiting-store.ts';
import { watchMasterKey } from './persistence/watch-master-key.ts';
import { webhookKeys } from './persistence/webhook-keys.ts';
import { webhookStore } from './persistence/webhook-store.ts';
import { apiReference } from './rest/docs.ts';
import { restDoor } from './rest/door.ts';
import { errorsPage } from './rest/errors-page.ts';
import { health } from './rest/health.ts';
import { answerErrors, answerUnknownPaths, type HttpDoorOptions, limitTokenRequests } from './rest/http.ts';
import { pageFonts } from './rest/page-fonts.ts';
import { refuseUnderPressure } from './rest/pressure.ts';
import { answerProblem } from './rest/problem-answer.ts';
import { createRateLimits } from './rest/rate-limit.ts';
import { serverOptions, timeouts } from './rest/server-options.ts';
import { STREAM_LIMITS } from './rest/streams.ts';
import { explainListenFailure } from './start-failure.ts';
import { logWithRequest } from './telemetry/scope.ts';
import { createTelemetry, type Telemetry } from './telemetry/telemetry.ts';
import { draftMissing } from './usecases/draft-agreement.ts';
import { applyErasures } from './usecases/erase-client.ts';
import type { Deps } from './usecases/ports.ts';

/** About as long as one forwarding takes to be written. */
const PAUSE_MS = 10;

export interface AppOptions {
  config: Config;
  /** As the service's role; two connections of each instance need a session of their own. */
  databaseUrl: string;
  /** 32 bytes; or what reads all that are known, the new one first, and is called again when one is missing. */
  masterKey: Buffer | (() => readonly Buffer[]);
  logger: Logger;
  /** How often it is looked for webhooks that the database's clock has made due. Default 1 s; tests move that clock faster. */
  webhooksEveryMs?: number;
}

export interface App {
  /** Gives the URL it is reached at on this machine. */
  listen(): Promise<{ url: string }>;
  /** Lets running requests end, then closes the database. */
  close(): Promise<void>;
  /** One curl line with a short-lived token; null when no demo key is at hand. For a terminal only. */
  exampleCommand(): Promise<string | null>;
}

export async function createApp(options: AppOptions): Promise<App> {
  const { config, databaseUrl, logger } = options;
  const telemetry = await createTelemetry({
    metrics: config.metrics,
    tracesUrl: config.tracesUrl,
    onFailed: (err) => logger.error({ err, code: 'metrics-failed' }, 'the metrics could not be read'),
  });
  const database = openDatabase({
    url: databaseUrl,
    poolSize: config.poolSize,
    statementTimeoutMs: config.limits.statementTimeoutMs,
    onConnectionLost: (state) => logger.warn({ code: 'connection-lost', state }, 'lost a database connection'),
    onUnavailable: (state) => logger.error({ code: 'database-unavailable', state }, 'no database for a request'),
    around: telemetry.aroundCall,
  });
  telemetry.watchConnections(database.connections);
  const events = openEventLine({
    url: databaseUrl,
    onLost: (state) =>
      logger.warn({ code: 'event-line-lost', state }, 'lost the connection that numbers events; opening another'),
  });
  try {
    return await compose(options, database, events, telemetry);
  } catch (error) {
    await events.close();
    await telemetry.close();
    await database.close();
    throw error;
  }
}

async function compose(
  { config, databaseUrl, masterKey, logger, webhooksEveryMs }: AppOptions,
  database: Database,
  events: EventLine,
  telemetry: Telemetry,
): Promise<App> {
  const log = logWithRequest(logger as Pick<Logger, 'info' | 'warn' | 'error'>, ['info', 'warn', 'error']);
  const master = new MasterKeyRing(typeof masterKey === 'function' ? masterKey : () => [masterKey], (err) =>
    log.error({ err, code: 'master-key-unreadable' }, 'the master keys cannot be read again; the known ones stay'),
  );
  const keys = await loadExchangeKeys(database, master, async () => JSON.stringify((await generateClientKey()).key));
  const note = readingNotes(database);
  const post = webhookPost(config.publicUrl, {
    rules: { allowed: config.webhookNetworks },
    timeoutMs: config.webhookTimeoutMs,
  });
  const laneLocks = openLaneLocks(databaseUrl, (state) =>
    logger.warn({ code: 'lane-locks-lost', state }, 'no connection for working on webhooks; it is tried again'),
  );
  const network = new KnownNetwork(database);
  const deps: Deps = {
    agencies: agencyStore(database),
    agreements: agreementStore(database),
    checkSignature: checkAgreementSignature,
    clients: clientStore(database),
    linking: linkingStore(database),
    linkCodeKey: linkCodeKey(keys.linkCode),
    consent: consentStore(database),
    consentTexts: consentTextStore(database),
    proposals: proposalStore(database),
    entries: entryStore(database, note),
    laufzettel: laufzettelStore(database),
    forwardings: forwardingStore(database, network, note),
    conferences: conferenceStore(database),
    plans: planStore(database),
    requests: requestStore(database),
    reminders: reminderStore(database),
    holidaysOf: germanHolidays,
    waiting: waitingStore(database),
    rounds: roundStore(database),
    rhythms,
    audit: auditStore(database),
    retries: retryStore(database),
    closing: telemetry.watchClosing(closing(database, network)),
    closures: closureStore(database),
    erasures: erasureLedger({
      path: config.erasureLedgerFile,
      onUnwritable: (err) => log.error({ err, code: 'erasure-ledger-unwritable' }, 'an erasure was refused'),
    }),
    events: eventStore(database),
    ownPages: ownPageStore(database),
    exports: exportStore({
      url: databaseUrl,
      statementTimeoutMs: config.limits.statementTimeoutMs,
      onUnavailable: (state) => log.error({ code: 'database-unavailable', state }, 'no database for an export'),
      around: telemetry.aroundCall,
    }),
    news: events,
    webhooks: webhookStore(database),
    webhookKeys: webhookKeys(keys.webhook),
    webhookPost: post,
    vault: createVault(master, keys),
    fingerprints: createFingerprints(keys.fingerprint),
    watch: telemetry.watch,
    newId: uuidv7,
    pause: (attempt) => setTimeout(Math.random() * PAUSE_MS * (attempt + 1)),
  };
  const erasedAgain = await applyErasures(deps);
  if (erasedAgain > 0) {
    logger.warn(
      { code: 'erased-again', clients: erasedAgain },
      'erased again what a restored database had brought back',
    );
  }
  while ((await draftMissing(deps)) > 0);
  const watch = watchMasterKey({
    database,
    ring: master,
    onChanged: () => log.info({ code: 'master-key-changed' }, 'what is new is wrapped by another master key now'),
    onUnknown: () =>
      log.error({ code: 'master-key-unknown' }, 'a master key is in use that this instance does not have'),
  });
  const issuer = {
    issuerUrl: `${config.publicUrl}/oauth`,
    audience: config.publicUrl,
    signingKey: JSON.parse(keys.issuer.toString()) as JWK,
    store: systemStore(database),
    logger: log,
  };
  const verifier = await createVerifier(config, issuer, log);
  const { limits } = config;
  const door: HttpDoorOptions = {
    limits: createRateLimits(limits),
    handlers: createHandlers(deps, {
      publicUrl: config.publicUrl,
      previewsPerMinute: config.previewsPerMinute,
      handlerTimeoutMs: limits.handlerTimeoutMs,
      onLateFailure: (err) => log.error({ err, code: 'late-failure' }, 'failed after its request had been given up'),
    }),
    // A line that takes its time is no silence of its caller's.
    streams: { patienceMs: STREAM_LIMITS.patienceMs + limits.handlerTimeoutMs },
    exporting: createExport(deps, (err) => log.error({ err, code: 'export-failed' }, 'an export broke off')),
    watch: telemetry.watchOperation,
    authenticate: ({ authorization, caseworker }) => verifier.verify(authorization, caseworker),
  };

  const { trustProxy } = config;
  const server = Fastify({
    ...serverOptions,
    ...timeouts(limits),
    loggerInstance: logger as FastifyBaseLogger,
    trustProxy: typeof trustProxy === 'number' ? (_address, hop) => hop < trustProxy : trustProxy,
  });
  server.server.maxConnections = limits.connections;
  telemetry.hook(server);
  answerErrors(server, answerProblem);
  await refuseUnderPressure(server, limits);
  answerUnknownPaths(server, answerProblem);
  await server.register(errorsPage);
  await server.register(pageFonts);
  await server.register(health, { isReady: async () => watch.isKnown() && (await database.isReady()) });
  if (config.externalIssuer === null) {
    await server.register(async (tokens) => {
      limitTokenRequests(tokens, door.limits, answerProblem);
      await tokens.register(builtInIssuer, issuer);
    });
  }
  await server.register(restDoor, door);
  await server.register(graphqlDoor, { ...door, news: events });
  if (config.docs) {
    const specification = await readFile(new URL('../openapi.yaml', import.meta.url), 'utf8');
    await server.register(apiReference, { specification: () => specification });
  }
  if (config.playground) await server.register(playground, { endpoint: '/graphql' });
  const clocks = startClocks(deps, logger, telemetry.clockRan);
  const lanes = startLaneRunner({ ...deps, laneLocks }, logger, {
    ...(webhooksEveryMs === undefined ? {} : { lookEveryMs: webhooksEveryMs }),
    isConnected: events.isConnected,
    watch: telemetry.watchLanes,
  });
  events.onNumbered((agencies, many) => {
    telemetry.numbered(many);
    lanes.wake(agencies);
  });

  return {
    async listen() {
      const metrics = await telemetry.listen().catch((error: unknown) => {
        throw explainListenFailure(error, config.metrics!, { host: 'METRICS_HOST', port: 'METRICS_PORT' });
      });
      if (metrics !== null) logger.info({ code: 'metrics-listening', ...metrics }, 'the metrics can be read');
      const url = await server.listen({ host: config.host, port: config.port });
      return { url: url.replace(/\/$/, '') };
    },
    async close() {
      await clocks.stop();
      await watch.stop();
      await events.close();
      const sent = lanes.stop();
      // What hangs is broken off after a while, be it sent by a lane or for a request.
      await Promise.all([server.close(), post.close()]);
      await sent;
      await laneLocks.close();
      await telemetry.close();
      await database.close();
    },
    exampleCommand: () =>
      config.externalIssuer === null
        ? exampleCommand(join(config.dataDir, 'keys'), config.publicUrl)
        : Promise.resolve(null),
  };
}

async function createVerifier(
  { externalIssuer }: Config,
  builtIn: Parameters<typeof trustInBuiltIn>[0],
  log: { error(fields: object, message: string): void },
): Promise<TokenVerifier> {
  if (externalIssuer === null) return createTokenVerifier(await trustInBuiltIn(builtIn));
  const { issuerUrl, jwksUrl, audience, agencyClaim } = externalIssuer;
  return createTokenVerifier({
    issuer: issuerUrl,
    audience,
    keys: { jwksUrl },
    agencyClaim,
    onKeysUnavailable: (err) =>
      log.error({ err, code: 'issuer-keys-unavailable' }, "the issuer's keys cannot be fetched"),
  });
}

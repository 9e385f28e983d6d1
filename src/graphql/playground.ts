import { AltairFastify } from 'altair-fastify-plugin';
import type { FastifyInstance } from 'fastify';
import { NONCE, protectPages } from '../rest/page-headers.ts';

export type PlaygroundOptions = {
  /** Path of the GraphQL endpoint on this service. */
  endpoint: string;
  /** Path where subscriptions are taken over a WebSocket (graphql-transport-ws); the endpoint itself if left out. */
  subscriptionsEndpoint?: string;
  /** What the editor holds at first. */
  initialQuery?: string;
};

const FIRST_QUERY = `# Put your access token into the Authorization header: the first button on the left.
# The arrows beside "Docs" then load the schema, Ctrl+Enter runs the query.
# For a subscription it goes into the connection parameters instead: the button for request handlers on the left.
# Nothing you enter is stored: it is gone once the tab is closed or loaded anew.
{
  __typename
}
`;

/**
 * Altair writes headers and answers, so tokens and personal data, into IndexedDB; `preserveState: false` only stops it
 * from reading them again. Here a write succeeds without writing: `count()` is a request of the kind Altair awaits.
 * Without IndexedDB altogether it runs too, but greets its user with an error. What it keeps in localStorage (no
 * headers, no answers) may live as long as the tab.
 */
const KEEP_NOTHING_BEYOND_THE_TAB = `
IDBObjectStore.prototype.put = IDBObjectStore.prototype.add = function () { return this.count(); };
Object.defineProperty(window, 'localStorage', { value: sessionStorage });
`;

/** Altair's build names these files after their content. */
const NAMED_BY_CONTENT = /\/(chunk|worker)-[A-Z0-9]{8}\.js$/;

/**
 * `/playground`, the GraphQL IDE by Altair, from files in node_modules. Register it encapsulated, as it is.
 *
 * The page reaches this service and nobody else. Frames are refused, so Altair's pre- and post-request scripts, which
 * run in one (from its maker's host where ours cannot be had), do not work here.
 */
export async function playground(fastify: FastifyInstance, options: PlaygroundOptions): Promise<void> {
  protectPages(fastify, KEEP_NOTHING_BEYOND_THE_TAB);
  fastify.addHook('onSend', async (request, reply) => {
    if (reply.statusCode >= 400 || reply.getHeader('Cache-Control') === 'no-store') return;
    // The other files keep their names from release to release, so they are revalidated, by their ETag.
    const lifetime = NAMED_BY_CONTENT.test(request.url) ? 'public, max-age=31536000, immutable' : 'no-cache';
    reply.header('Cache-Control', lifetime);
  });

  await fastify.register(AltairFastify, {
    path: '/playground',
    baseURL: '/playground/',
    endpointURL: options.endpoint,
    subscriptionsEndpoint: options.subscriptionsEndpoint ?? options.endpoint,
    initialSubscriptionRequestHandlerId: 'graphql-ws',
    // A browser cannot set headers on a WebSocket: a subscription's token goes into the connection's first message.
    initialSubscriptionsPayload: { Authorization: 'Bearer ' },
    initialQuery: options.initialQuery ?? FIRST_QUERY,
    initialHeaders: { Authorization: 'Bearer ' },
    cspNonce: NONCE,
    preserveState: false,
    disableAccount: true,
    initialSettings: {
      theme: 'system',
      'plugin.list': [],
      'alert.disableUpdateNotification': true,
      'banners.disable': true,
      disablePushNotification: true,
    },
  });
}

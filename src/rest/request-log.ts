/** One line for each request, when it has been answered or given up: Fastify's two lines say no more. */
import { type FastifyReply, type FastifyRequest, LogController } from 'fastify';

export class RequestLog extends LogController {
  override incomingRequest(request: FastifyRequest, reply: FastifyReply): void {
    reply.raw.once('close', () => {
      // A socket has lines of its own (graphql/sockets.ts).
      if (reply.raw.writableFinished || request.ws) return;
      const { elapsedTime: responseTime } = reply;
      request.log.info({ code: 'given-up', req: request, responseTime }, 'the caller went before its answer');
    });
  }

  override requestCompleted(error: Error | null | undefined, request: FastifyRequest, reply: FastifyReply): void {
    const { elapsedTime: responseTime } = reply;
    const fields = { req: request, res: reply, responseTime };
    if (error) request.log.error({ code: 'answer-broke', err: error, ...fields }, 'request errored');
    else request.log.info({ code: 'answered', ...fields }, 'request completed');
  }
}

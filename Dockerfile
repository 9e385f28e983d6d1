# The service alone, for a PostgreSQL of your own (docker-compose.yml). Node comes with the packages, at the version of the
# lock file, so the base only has to bring npm. test/image/dockerfile.test.ts takes these very steps by hand.
FROM node:24-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Prisma's own install scripts want to download engines that this project does not use.
RUN npm ci --omit=dev --ignore-scripts
# By name, for what an operator keeps beside the code (keys, backups) belongs into no layer of an image.
COPY LICENSE openapi.yaml prisma.config.ts schema.graphql tsconfig.json ./
COPY docs docs
COPY prisma prisma
COPY src src
RUN npm run generate

FROM node:24-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080 DATA_DIR=/state
WORKDIR /app
COPY --from=packages /app /app
# A volume that is mounted here takes over its owner: the ledger of erasures is written by the service.
COPY --chown=node:node docker/state /state
USER node
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/readyz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Not through npm: signals have to reach the service, so that it can drain.
CMD ["node", "src/main.ts"]

# One image for API, worker and migrations; fly.toml says which part a machine runs.
FROM oven/bun:1.4.5-slim AS build
WORKDIR /source
COPY . .
RUN sh .ci/image.sh /source /app

FROM oven/bun:1.4.5-slim
WORKDIR /app
COPY --from=build /app .
# Shown at /_status.
ARG GIT_COMMIT=unknown
ARG BUILD_TIME=unknown
ENV NODE_ENV=production GIT_COMMIT=$GIT_COMMIT BUILD_TIME=$BUILD_TIME
# Of its own Bun asks 256 servers at once: receivers that hang would make providers wait.
ENV BUN_CONFIG_MAX_HTTP_REQUESTS=1000
# The base image's own; the folder is root's, so that the program cannot change itself.
USER bun
EXPOSE 6011 9464 9465
# Not `bun run api`: signals shall reach the program itself.
CMD ["bun", "api/serve.bun.ts"]

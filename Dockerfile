# The bot alone: no laboratory, no development packages, no shell tools beyond Debian's slim base.
# Build: docker build -t ai4all-sre:0.1.0 .   Run: manifests/bot, or docker run --env-file .env --read-only --tmpfs /tmp -v data:/data ai4all-sre:0.1.0
FROM node:20.20.2-bookworm-slim AS base
WORKDIR /app

# FAISS is compiled against Debian's library, which is linked in; only the linear algebra below it stays shared.
FROM base AS dependencies
RUN apt-get update \
  && apt-get install -y --no-install-recommends g++ libfaiss-dev libopenblas-dev \
  && rm -rf /var/lib/apt/lists/*
COPY package.json package-lock.json ./
COPY scripts/install-faiss.mjs scripts/
ENV FAISS_NODE_BUILD=system REQUIRE_FAISS=1
# Maps and type declarations of packages are for their authors: a third of all bytes.
RUN npm ci --omit=dev --no-audit --no-fund \
  && find node_modules -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' \) -delete

FROM base AS build
COPY package.json package-lock.json tsconfig.json tsconfig.build.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY src src/
COPY agents agents/
COPY commands commands/
RUN npm run build

FROM base AS image
RUN apt-get update \
  && apt-get install -y --no-install-recommends libgomp1 libopenblas0-pthread \
  && rm -rf /var/lib/apt/lists/* \
  # What runs needs no package manager, and neither does an intruder.
  && rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /opt/yarn* \
  && mkdir /data && chown 10001:10001 /data
ENV NODE_ENV=production DATA_DIR=/data WEBHOOK_HOST=0.0.0.0
COPY --from=dependencies /app/node_modules node_modules/
COPY --from=build /app/dist dist/
COPY package.json ./
# Templates for /sre chaos, read from the working directory when CHAOS=chaos-mesh.
COPY manifests/chaos-mesh manifests/chaos-mesh/
# A number, so that Kubernetes can see that it is not root.
USER 10001:10001
EXPOSE 8080
# Health is asked from outside, at /healthz and /readyz: see manifests/bot.
ENTRYPOINT ["node", "--enable-source-maps", "dist/src/main.js"]

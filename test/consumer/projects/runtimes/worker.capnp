using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [(
    name = "shop",
    worker = (
      modules = [(name = "worker", esModule = embed "worker.bundle.mjs")],
      compatibilityDate = "2025-06-01",
      compatibilityFlags = ["nodejs_compat"],
    ),
  )],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (forwardedProtoHeader = "x-forwarded-proto"), service = "shop")],
);

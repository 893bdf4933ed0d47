# Shortcuts; each recipe is the command that it prints.

# what CI runs, without the end-to-end tests
check:
    scripts/test fast

# everything that CI runs
test:
    scripts/test

# the end-to-end tests; `just e2e -k jitp` picks some
e2e *ARGS:
    scripts/test e2e {{ARGS}}

# the tables of AWS operations, made again from botocore's models
models:
    cargo run -p xtask -- models

# costs beside other servers: `just bench connect`, `just bench registry`
bench *ARGS:
    scripts/bench {{ARGS}}

# the main job, end to end, with a server of its own
demo:
    cargo run --bin nameplate -- demo

import { defineConfig } from "vitest/config";

/** The tests that need the real Spark: `npm run test:spark`. */
export default defineConfig({
  resolve: { conditions: ["medallion-source"] },
  ssr: { resolve: { conditions: ["medallion-source"] } },
  test: {
    include: ["test/spark/**/*.test.ts"],
    globalSetup: ["test/spark/engine/server.ts"],
    setupFiles: ["test/seed.ts", "test/matching.ts", "test/loaded.ts"],
    maxWorkers: 2,
    testTimeout: 300_000,
    hookTimeout: 120_000,
  },
});

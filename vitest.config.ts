import { existsSync, statfsSync } from "node:fs";
import { configDefaults, defineConfig } from "vitest/config";

/** Where there is room in memory, what tests write stays there: their thousands of small warehouses wait for a disk otherwise. */
function inMemory(): Readonly<Record<string, string>> {
  const memory = "/dev/shm";
  if (!existsSync(memory)) return {};
  const { bavail, bsize } = statfsSync(memory);
  return bavail * bsize > 8 * 2 ** 30 ? { TMPDIR: memory } : {};
}

export default defineConfig({
  resolve: { conditions: ["medallion-source"] },
  ssr: { resolve: { conditions: ["medallion-source"] } },
  test: {
    include: ["test/**/*.test.ts"],
    // They need Spark: vitest.spark.config.ts.
    exclude: [...configDefaults.exclude, "test/spark/**"],
    setupFiles: ["test/seed.ts", "test/matching.ts", "test/threads.ts", "test/loaded.ts"],
    maxWorkers: 2,
    // The tsc that tests run is a Go program: a fourth of its time is garbage collection that it does without below the limit.
    env: { GOGC: "off", GOMEMLIMIT: "2GiB", ...inMemory() },
    // Files share a worker and its modules: loading the package for each of them would be an eighth of the whole time.
    isolate: false,
    testTimeout: 180_000,
    hookTimeout: 120_000,
    typecheck: { enabled: true, include: ["test/**/*.test-d.ts"], checker: "tsc" },
  },
});

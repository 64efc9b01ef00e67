import { existsSync } from "node:fs";
import { release } from "node:os";
import type { Surroundings } from "../core/ports.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** What container engines leave in a container. */
const traces = ["/.dockerenv", "/run/.containerenv"];

/** Looks around: at the variables and files that container engines set, and at the kernel's name, which tells Windows' own Linux. */
export function inspectSurroundings(env: Env, kernel: string = release()): Surroundings {
  return {
    isContainer: Boolean(env["KUBERNETES_SERVICE_HOST"] || env["container"]) || traces.some((path) => existsSync(path)),
    isWsl: Boolean(env["WSL_DISTRO_NAME"]) || /microsoft/i.test(kernel),
  };
}

import { expect, it } from "vitest";
import type { ConfigFiles } from "../../../src/core/config.ts";
import type { CredentialStore, HeldTokens } from "../../../src/core/store-ports.ts";
import { locks } from "../../../src/flows/diagnose/checks/locks.ts";
import { createMovingClock } from "../../world/moving-clock.ts";
import { createShutWorld } from "../../world/shut-world.ts";
import { openExamination } from "../../../src/flows/diagnose/open-examination.ts";
import { readSettings } from "../../../src/flows/settings.ts";
import { facts, nothingOdd } from "./example-examination.ts";

const held: HeldTokens = {
  load: async () => undefined,
  assertOwned: async () => undefined,
  checkWritable: async () => undefined,
  save: async () => undefined,
  replace: async () => undefined,
  remove: async () => false,
};

/** Mends a lock that can be taken only after its holder was watched for so many seconds. */
async function mend({ isAbandoned, watched }: { isAbandoned: boolean; watched: number }): Promise<string | undefined> {
  const clock = createMovingClock();
  const began = clock.now();
  const shut = async () => Promise.reject(new Error("This is not asked for."));
  const store: CredentialStore = {
    load: shut,
    readClientSecret: shut,
    writeClientSecret: shut,
    removeClientSecret: shut,
    probe: shut,
    describe: shut,
    async exclusively(_id, work, wait) {
      for (;;) {
        if (clock.now() - began >= watched * 1000) return work(held);
        const answer = wait?.leaveWith?.(undefined);
        if (answer !== undefined) return answer;
        clock.advance(1);
      }
    },
  };
  const configFiles: ConfigFiles = {
    userPath: "",
    readLayers: async () => [],
    readUser: async () => undefined,
    setUser: async () => undefined,
    set: async () => "",
    findLine: async () => null,
  };
  const found = { holder: "process 7 on host elsewhere", isAbandoned, since: null };
  const machine = { ...nothingOdd, inspectLock: async () => found };
  const interruption = new AbortController().signal;
  const doors = { machine: async () => machine, openStore: async () => store };
  const world = createShutWorld({ env: {}, clock, configFiles, interruption, ...doors });
  const settings = await readSettings(world);
  const patient = { facts, environment: undefined, settings, events: [], known: [facts], damaged: [], isOffline: true };
  const rest = { trouble: undefined, fault: undefined, damagedName: null, memory: new Map() };
  return locks.mend?.(openExamination(world, { ...patient, ...rest }));
}

it("a lock that another machine left behind is watched until it can be taken", async () => {
  expect(await mend({ isAbandoned: true, watched: 11 })).toBe("The lock that was left behind was removed.");
});

it("one that its holder still needs stays, and is not waited for", async () => {
  expect(await mend({ isAbandoned: true, watched: 600 })).toBeUndefined();
  expect(await mend({ isAbandoned: false, watched: 0 })).toBeUndefined();
});

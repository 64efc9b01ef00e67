import { expect, it } from "vitest";
import { openOnce } from "../../src/process/open-once.ts";

it("opens each name once, and one that failed again", async () => {
  const tries: string[] = [];
  const open = openOnce(async ({ text }: { text: string }) => {
    tries.push(text);
    if (text === "broken" && tries.filter((each) => each === text).length === 1) throw new Error("not yet");
    return text;
  });
  expect(await Promise.all([open({ text: "a" }), open({ text: "a" }), open({ text: "b" })])).toEqual(["a", "a", "b"]);
  await expect(open({ text: "broken" })).rejects.toThrow("not yet");
  expect(await open({ text: "broken" })).toBe("broken");
  expect(tries).toEqual(["a", "b", "broken", "broken"]);
});

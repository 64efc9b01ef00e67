import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import { createHttp } from "../../../src/adapters/http/http.ts";
import type { HttpOptions } from "../../../src/adapters/http/http.ts";
import { QboError } from "../../../src/core/errors.ts";
import { AnswerLost, NotSent } from "../../../src/core/failures.ts";
import type { HttpAnswer, HttpRequest } from "../../../src/core/http.ts";
import { findFreePort } from "../../world/free-port.ts";
import { cleanUpAfterEach, makeLeaves, startHttp, startHttps, startTcp } from "./servers.ts";

cleanUpAfterEach();

async function send(
  request: Partial<HttpRequest> & { url: string },
  options: Partial<HttpOptions> = {},
): Promise<HttpAnswer> {
  return await createHttp({ env: {}, version: "1.2.3", ...options }).send({ method: "GET", headers: {}, ...request });
}

async function fail(...input: Parameters<typeof send>): Promise<Error> {
  const outcome: unknown = await send(...input).catch((error: unknown) => error);
  if (outcome instanceof Error) return outcome;
  throw new Error(`expected a failure, got ${JSON.stringify(outcome)}`);
}

describe("an answer", () => {
  test("comes back whole, with lower-case names and joined values", async () => {
    const { port } = await startHttp((_request, response) => {
      response.setHeader("X-Many", ["one", "two"]);
      response.statusCode = 429;
      response.end("zu viel – später");
    });
    const answer = await send({ url: `http://127.0.0.1:${port}/` });
    expect(answer).toMatchObject({ status: 429, body: "zu viel – später" });
    expect(answer.headers["x-many"]).toBe("one, two");
  });

  test("is asked for as this program, uncompressed, with the caller's headers and body", async () => {
    const { port } = await startHttp((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const { headers, method, url } = request;
        response.end(JSON.stringify({ headers, method, url, body: Buffer.concat(chunks).toString() }));
      });
    });
    const answer = await send({
      url: `http://localhost:${port}/token?x=1`,
      method: "POST",
      headers: { Authorization: "Basic abc" },
      body: "grant_type=refresh_token",
    });
    expect(JSON.parse(answer.body)).toMatchObject({
      method: "POST",
      url: "/token?x=1",
      body: "grant_type=refresh_token",
      headers: {
        authorization: "Basic abc",
        "user-agent": "qbo-cli/1.2.3",
        "accept-encoding": "identity",
        connection: "close",
      },
    });
  });

  test("that redirects is not followed", async () => {
    const paths: (string | undefined)[] = [];
    const { port } = await startHttp((request, response) => {
      paths.push(request.url);
      response.writeHead(302, { location: "/elsewhere" }).end();
    });
    const answer = await send({ url: `http://127.0.0.1:${port}/start` });
    expect(answer.status).toBe(302);
    expect(answer.headers.location).toBe("/elsewhere");
    expect(paths).toEqual(["/start"]);
  });

  test("of up to 1 MiB is read, a larger one is lost", async () => {
    const limit = 1024 * 1024;
    const { port } = await startHttp((request, response) => response.end("x".repeat(Number(request.url?.slice(1)))));
    expect((await send({ url: `http://127.0.0.1:${port}/${limit}` })).body).toHaveLength(limit);
    const error = await fail({ url: `http://127.0.0.1:${port}/${limit + 1}` });
    expect(error).toBeInstanceOf(AnswerLost);
    expect(error.message).toContain("too large");
  });

  test("never comes over a socket that was used before", async () => {
    const running = await startHttp((_request, response) => response.end());
    const http = createHttp({ env: {}, version: "1" });
    const request: HttpRequest = { method: "GET", url: `http://127.0.0.1:${running.port}/`, headers: {} };
    await http.send(request);
    await http.send(request);
    expect(running.connections()).toBe(2);
  });
});

describe("a request that provably was not sent", () => {
  test("met a closed port", async () => {
    const error = await fail({ url: `http://127.0.0.1:${await findFreePort()}/` });
    expect(error).toBeInstanceOf(NotSent);
    expect(error.message).toMatch(/^127\.0\.0\.1:\d+ could not be reached: the connection was refused\.$/);
    expect(error.cause).toMatchObject({ code: "ECONNREFUSED" });
  });

  test("met a closed port on both loopback addresses", async () => {
    const error = await fail({ url: `http://localhost:${await findFreePort()}/` });
    expect(error).toBeInstanceOf(NotSent);
    expect(error.message).toContain("the connection was refused");
  });

  test("had no address to go to", async () => {
    const error = await fail({ url: "https://nonexistent.invalid/" });
    expect(error).toBeInstanceOf(NotSent);
    expect(error.message).toMatch(
      /nonexistent\.invalid could not be reached: (its name is not known to DNS|DNS did not answer)\./,
    );
  });

  test("waited for a TLS handshake that never came", async () => {
    const { port } = await startTcp(() => {});
    const error = await fail({ url: `https://127.0.0.1:${port}/` }, { limits: { connectMs: 100 } });
    expect(error).toBeInstanceOf(NotSent);
    expect(error.message).toContain("no connection came about in time");
  });

  test("was cut off during the TLS handshake", async () => {
    const { port } = await startTcp((socket) => socket.once("data", () => socket.resetAndDestroy()));
    const error = await fail({ url: `https://127.0.0.1:${port}/` });
    expect(error).toBeInstanceOf(NotSent);
    expect(error.message).toContain("the connection was cut");
  });

  test("met a server that does not speak TLS", async () => {
    const { port } = await startHttp((_request, response) => response.end());
    const error = await fail({ url: `https://127.0.0.1:${port}/` });
    expect(error).toBeInstanceOf(NotSent);
    expect(error).toMatchObject({ part: "connection", message: expect.stringContaining("does not speak TLS") });
  });
});

describe("certificates", () => {
  test("only the pinned one is accepted", async () => {
    const { ours, other } = await makeLeaves();
    const running = await startHttps(ours, (_request, response) => response.end("hello"));
    for (const host of ["127.0.0.1", "localhost"]) {
      const url = `https://${host}:${running.port}/`;
      expect((await send({ url, pinnedCertificate: ours.certificatePem })).body).toBe("hello");
      for (const error of [await fail({ url }), await fail({ url, pinnedCertificate: other.certificatePem })]) {
        expect(error).toBeInstanceOf(NotSent);
        expect(error.message).toContain("its certificate is not trusted");
      }
    }
  });
});

describe("an answer is lost", () => {
  const request = { method: "POST", body: "x", headers: {} } as const;

  test("when the connection is cut after the request was read", async () => {
    const running = await startHttp((incoming) => incoming.socket.resetAndDestroy());
    const error = await fail({ ...request, url: `http://127.0.0.1:${running.port}/` });
    expect(error).toBeInstanceOf(AnswerLost);
    expect(error.message).toMatch(
      /was sent to 127\.0\.0\.1:\d+, but its answer was lost: the connection was (cut|closed early)/,
    );
    expect(running.connections()).toBe(1);
  });

  test("when the server hangs up without reading", async () => {
    const running = await startTcp((socket) => socket.once("readable", () => socket.destroy()));
    expect(await fail({ ...request, url: `http://127.0.0.1:${running.port}/` })).toBeInstanceOf(AnswerLost);
    expect(running.connections()).toBe(1);
  });

  test("when it ends in the middle", async () => {
    const { port } = await startHttp((_incoming, response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("half", () => response.socket?.end());
    });
    expect(await fail({ ...request, url: `http://127.0.0.1:${port}/` })).toBeInstanceOf(AnswerLost);
  });

  test("when it is not HTTP", async () => {
    const { port } = await startTcp((socket) => socket.once("data", () => socket.end("220 mail.example ready\r\n")));
    const error = await fail({ ...request, url: `http://127.0.0.1:${port}/` });
    expect(error).toBeInstanceOf(AnswerLost);
    expect(error.message).toContain("the answer is not HTTP");
  });

  test("when none comes in time, be it the head or the body", async () => {
    const { port } = await startHttp((incoming, response) => {
      if (incoming.url === "/body") response.writeHead(200).write("begun");
    });
    for (const path of ["/head", "/body"]) {
      const error = await fail({ ...request, url: `http://127.0.0.1:${port}${path}` }, { limits: { requestMs: 1000 } });
      expect(error).toBeInstanceOf(AnswerLost);
      expect(error.message).toContain("no complete answer came in time");
    }
  });
});

describe("cancelling", () => {
  test("ends a request that is under way", async () => {
    const abort = new AbortController();
    const { port } = await startHttp(() => abort.abort());
    const error = await fail({ url: `http://127.0.0.1:${port}/`, signal: abort.signal });
    expect(error).toMatchObject({ code: "CANCELLED" });
  });

  test("beforehand sends nothing", async () => {
    const running = await startHttp((_request, response) => response.end());
    const error = await fail({ url: `http://127.0.0.1:${running.port}/`, signal: AbortSignal.abort() });
    expect(error).toMatchObject({ code: "CANCELLED" });
    expect(running.connections()).toBe(0);
  });
});

describe("proxies", () => {
  /** A CONNECT proxy that leads every name to `port` of this machine. */
  async function startProxy(port: number): Promise<{ url: string; targets: string[] }> {
    const targets: string[] = [];
    const proxy = await startTcp((socket) => {
      socket.once("data", (head) => {
        targets.push(/^CONNECT (\S+)/.exec(head.toString())?.[1] ?? "no CONNECT");
        const onward = connect(port, "127.0.0.1", () => {
          socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
          socket.pipe(onward).pipe(socket);
        });
        onward.on("error", () => socket.destroy());
        socket.on("close", () => onward.destroy());
      });
    });
    return { url: `http://127.0.0.1:${proxy.port}`, targets };
  }

  test("carry the request when the variable for the scheme says so", async () => {
    const { port } = await startHttp((_request, response) => response.end("through"));
    const proxy = await startProxy(port);
    for (const name of ["HTTP_PROXY", "http_proxy"]) {
      expect((await send({ url: "http://api.invalid/" }, { env: { [name]: proxy.url } })).body).toBe("through");
    }
    expect(proxy.targets).toEqual(["api.invalid:80", "api.invalid:80"]);
  });

  test("carry TLS end to end: the certificate must still fit the name", async () => {
    const { ours } = await makeLeaves();
    const { port } = await startHttps(ours, (_request, response) => response.end());
    const proxy = await startProxy(port);
    const options = { env: { HTTPS_PROXY: proxy.url } };
    const url = "https://api.invalid/";
    expect(await fail({ url }, options)).toBeInstanceOf(NotSent);
    const error = await fail({ url, pinnedCertificate: ours.certificatePem }, options);
    expect(error).toBeInstanceOf(NotSent);
    expect(error.message).toContain("its certificate belongs to another name");
    expect(proxy.targets).toEqual(["api.invalid:443", "api.invalid:443"]);
  });

  test("never see what goes to this machine or to hosts in NO_PROXY", async () => {
    const { port } = await startHttp((_request, response) => response.end("direct"));
    const proxy = await startProxy(port);
    const env = { HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url, NO_PROXY: "api.invalid" };
    for (const host of ["localhost", "127.0.0.1"]) {
      expect((await send({ url: `http://${host}:${port}/` }, { env })).body).toBe("direct");
    }
    expect(await fail({ url: "http://api.invalid/" }, { env })).toBeInstanceOf(NotSent);
    expect(proxy.targets).toEqual([]);
  });

  test("for the other scheme do not matter", async () => {
    const proxy = await startProxy(1);
    expect(await fail({ url: "https://api.invalid/" }, { env: { HTTP_PROXY: proxy.url } })).toBeInstanceOf(NotSent);
    expect(proxy.targets).toEqual([]);
  });

  test("that cannot be reached, refuse or hang leave the request unsent", async () => {
    const refusing = await startTcp((socket) => socket.end("HTTP/1.1 407 Who are you\r\ncontent-length: 0\r\n\r\n"));
    const hanging = await startTcp(() => {});
    for (const port of [await findFreePort(), refusing.port, hanging.port]) {
      const env = { HTTPS_PROXY: `http://127.0.0.1:${port}` };
      const error = await fail({ url: "https://api.invalid/" }, { env, limits: { connectMs: 300 } });
      expect(error).toBeInstanceOf(NotSent);
    }
  });

  test("with an address that is none are a fault of the configuration", async () => {
    for (const address of ["nonsense", "ftp://proxy.invalid"]) {
      const error = await fail({ url: "https://api.invalid/" }, { env: { HTTPS_PROXY: address } });
      expect(error).toBeInstanceOf(QboError);
      expect(error).toMatchObject({ code: "CONFIG_INVALID" });
    }
  });
});

test("a defect of ours is not mistaken for a failure of the network", async () => {
  const error = await fail({ url: "http://127.0.0.1:1/", headers: { authorization: "a\r\nb: c" } });
  expect(error).not.toBeInstanceOf(NotSent);
  expect(error).not.toBeInstanceOf(AnswerLost);
});

describe("the trace", () => {
  const tid = "1-5f3e2a1b-0123456789abcdef01234567";

  test("shows both directions, with all that support needs and nothing secret", async () => {
    const { port } = await startHttp((_request, response) => {
      response.setHeader("intuit_tid", tid);
      response.setHeader("set-cookie", "session=cookie-secret");
      response.end('{\n  "token_type": "bearer",\n  "access_token": "body-secret"\n}\u0007');
    });
    const told: string[] = [];
    await send(
      {
        url: `http://user-secret:pass-secret@127.0.0.1:${port}/path?code=query-secret&realmId=9130`,
        method: "POST",
        headers: { Authorization: "Bearer header-secret", accept: "application/json" },
        body: "grant_type=refresh_token&refresh_token=form-secret",
      },
      { trace: (text) => told.push(text) },
    );
    const request = `POST http://127.0.0.1:${port}/path?code=[redacted]&realmId=9130`;
    expect(told[0]?.split("\n    ")).toEqual([
      `> ${request}`,
      "Authorization: Bearer [redacted]",
      "accept: application/json",
      "grant_type=refresh_token&refresh_token=[redacted]",
    ]);
    const [headline, ...rest] = told[1]?.split("\n    ") ?? [];
    expect(headline?.replace(/in \d+ ms/, "in 1 ms")).toBe(`< 200 in 1 ms intuit_tid=${tid} (${request})`);
    expect(rest).toContain(`intuit_tid: ${tid}`);
    expect(rest).toContain("set-cookie: [redacted]");
    expect(rest.at(-1)).toBe('{ "token_type": "bearer", "access_token": "[redacted]" }\\u0007');
    expect(told.join("\n")).not.toContain("-secret");
  });

  test("shows the beginning of a long body, whatever it is", async () => {
    for (const body of ["[".repeat(500_000), '"access_token":"\\'.repeat(30_000), "a1".repeat(400_000)]) {
      const { port } = await startHttp((_request, response) => response.end(body));
      const told: string[] = [];
      await send({ url: `http://127.0.0.1:${port}/` }, { trace: (text) => told.push(text) });
      expect(told[1]?.split("\n").at(-1)?.trim().length).toBeLessThanOrEqual(2048);
    }
  });

  test("tells a failure", async () => {
    const lines: string[] = [];
    await fail({ url: `http://127.0.0.1:${await findFreePort()}/` }, { trace: (line) => lines.push(line) });
    expect(lines[1]).toMatch(
      /^! NotSent: 127\.0\.0\.1:\d+ could not be reached: the connection was refused\. \(after \d+ ms, GET http:\S+\)$/,
    );
  });
});

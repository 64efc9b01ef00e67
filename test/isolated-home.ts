import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What a developer's shell may hold and a test must not see. Rendering, for one, is switched by each test by hand. */
const unwanted =
  /^(QBO_.*|(https?|no|all)_proxy|CI|NO_COLOR|FORCE_COLOR|BROWSER|NODE_EXTRA_CA_CERTS|NODE_TLS_REJECT_UNAUTHORIZED|DBUS_SESSION_BUS_ADDRESS|DISPLAY|WAYLAND_DISPLAY|SSH_CONNECTION)$/i;

const folders = {
  HOME: "home",
  USERPROFILE: "home",
  XDG_CONFIG_HOME: "config",
  XDG_DATA_HOME: "data",
  XDG_STATE_HOME: "state",
  XDG_CACHE_HOME: "cache",
  XDG_RUNTIME_DIR: "runtime",
  QBO_CONFIG_DIR: "qbo-config",
  QBO_STATE_DIR: "qbo-state",
};

/** Gives the whole run a throw-away home before any test starts; the answer removes it. */
export default function isolateHome(): () => void {
  const home = mkdtempSync(join(tmpdir(), "qbo-test-home-"));
  for (const name of Object.keys(process.env).filter((found) => unwanted.test(found))) delete process.env[name];
  for (const [name, folder] of Object.entries(folders)) {
    process.env[name] = join(home, folder);
    mkdirSync(join(home, folder), { recursive: true, mode: 0o700 });
  }
  return () => rmSync(home, { recursive: true, force: true });
}

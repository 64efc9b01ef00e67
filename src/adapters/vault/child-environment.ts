/** What a program that qbo starts for a store may know: all but the settings of qbo and the password of a team store. */
export function withoutSettings(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !/^(?:QBO_|PGPASSWORD$)/i.test(name)));
}

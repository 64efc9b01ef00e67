/** What a program that qbo starts for a store may know: all but the settings of qbo, some of which are secret. */
export function withoutSettings(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.toUpperCase().startsWith("QBO_")));
}

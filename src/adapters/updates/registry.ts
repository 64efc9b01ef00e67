/** The one address outside Intuit's that this program asks by itself: npm's registry, for its own newest version. */
export const newestVersionAddress = "https://registry.npmjs.org/qbo-cli/latest";

/** The one invented person who consents to everything. Reserved names and numbers only: nobody can be reached by them. */
export const PERSON = {
  sub: "0c5e6a1f-5d0b-4f5e-9a64-2f6c1d1a7b10",
  email: "robin.sample@example.com",
  givenName: "Robin",
  familyName: "Sample",
  phoneNumber: "+1 5555550100",
  address: {
    streetAddress: "100 Example Street",
    locality: "Sampleton",
    region: "CA",
    postalCode: "00000",
    country: "US",
  },
} as const;

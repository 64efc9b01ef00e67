import type { Company } from "../state/companies.ts";

/** How many customers every company has. */
export const CUSTOMER_COUNT = 25;

const BORN = "2024-03-01T09:00:00-08:00";
const CUSTOMER_NAMES = ["Alder", "Birch", "Cedar", "Dogwood", "Elm"];

/** Intuit's `CompanyInfo` of an invented company. Its `Id` is always "1", not the realm ID. */
export function writeCompanyInfo({ realmId, companyName }: Company): Record<string, unknown> {
  const address = {
    Id: "1",
    Line1: "100 Example Street",
    City: "Sampleton",
    CountrySubDivisionCode: "CA",
    PostalCode: "00000",
  };
  return {
    CompanyName: companyName,
    LegalName: companyName,
    CompanyAddr: address,
    CustomerCommunicationAddr: address,
    LegalAddr: address,
    CustomerCommunicationEmailAddr: { Address: "office@example.com" },
    PrimaryPhone: { FreeFormNumber: "(555) 555-0100" },
    CompanyStartDate: "2024-03-01",
    // Numbers that start with 00 are never given out.
    EmployerId: `00-${realmId.slice(-7).padStart(7, "0")}`,
    FiscalYearStartMonth: "January",
    Country: "US",
    Email: { Address: "office@example.com" },
    WebAddr: {},
    SupportedLanguages: "en",
    DefaultTimeZone: "America/Los_Angeles",
    NameValue: [
      { Name: "NeoEnabled", Value: "true" },
      { Name: "IndustryType", Value: "All other miscellaneous services" },
      { Name: "OfferingSku", Value: "QuickBooks Online Plus" },
      { Name: "SubscriptionStatus", Value: "PAID" },
      { Name: "PayrollFeature", Value: "false" },
    ],
    domain: "QBO",
    sparse: false,
    Id: "1",
    SyncToken: "4",
    MetaData: { CreateTime: BORN, LastUpdatedTime: BORN },
  };
}

/** The invented customer of this number, counted from 1. */
export function writeCustomer(number: number): Record<string, unknown> {
  const name = `${CUSTOMER_NAMES[(number - 1) % CUSTOMER_NAMES.length] ?? ""} Street ${number}`;
  return {
    Id: String(number),
    DisplayName: name,
    CompanyName: name,
    Active: true,
    Balance: number * 10,
    PrimaryEmailAddr: { Address: `customer-${number}@example.com` },
    domain: "QBO",
    sparse: false,
    SyncToken: "0",
    MetaData: { CreateTime: BORN, LastUpdatedTime: BORN },
  };
}

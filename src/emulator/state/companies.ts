/** An invented company. Its name may be anything: tests give hostile ones. */
export interface Company {
  /** A string of digits. */
  realmId: string;
  companyName: string;
}

const FIRST_WORDS = ["Copperleaf", "Marigold", "Tidewater", "Quillfeather", "Hollow Lantern", "Brambleby", "Snowdrift"];
const TRADES = ["Garden Works", "Stationery", "Kite Repair", "Upholstery", "Bicycle Hire", "Preserves", "Clockmaking"];
const DISTINCT_NAMES = FIRST_WORDS.length * TRADES.length;

/** The company of this number (from 0): always the same name and realm ID for the same number. */
function inventCompany(number: number): Company {
  const turn = Math.floor(number / DISTINCT_NAMES);
  const first = FIRST_WORDS[number % FIRST_WORDS.length] ?? "";
  const trade = TRADES[(number + Math.floor((number % DISTINCT_NAMES) / FIRST_WORDS.length)) % TRADES.length] ?? "";
  return {
    realmId: `93410${String((number + 1) * 1_234_567).padStart(11, "0")}`,
    companyName: turn === 0 ? `${first} ${trade}` : `${first} ${trade} ${turn + 1}`,
  };
}

/** The companies of the one invented person, in the order they were made. */
export class CompanyBook {
  readonly #byRealmId = new Map<string, Company>();
  #invented = 0;

  /** Adds this many companies and answers them. */
  invent(count: number): Company[] {
    const made: Company[] = [];
    while (made.length < count) {
      const company = inventCompany(this.#invented++);
      if (this.#byRealmId.has(company.realmId)) continue;
      this.put(company);
      made.push(company);
    }
    return made;
  }

  /** Adds a company, or renames it when its realm ID is known. */
  put(company: Company): void {
    this.#byRealmId.set(company.realmId, { ...company });
  }

  find(realmId: string): Company | undefined {
    return this.#byRealmId.get(realmId);
  }

  all(): Company[] {
    return [...this.#byRealmId.values()];
  }

  first(): Company | undefined {
    return this.#byRealmId.values().next().value;
  }

  replaceAll(companies: readonly Company[]): void {
    this.#byRealmId.clear();
    this.#invented = 0;
    for (const company of companies) this.put(company);
  }
}

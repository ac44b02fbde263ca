/** An Azure region as Azure Resource Manager describes it. */
export interface Region {
  readonly name: string;
  readonly displayName: string;
  /** Degrees, as text, the way they are sent. */
  readonly longitude: string;
  readonly latitude: string;
  readonly geography: string;
  readonly geographyGroup: string;
  readonly place: string;
  readonly paired?: string;
  readonly category: "Recommended" | "Other";
  /** Availability zones; 0 for none. */
  readonly zones: number;
}

type Row = readonly [
  name: string,
  displayName: string,
  longitude: string,
  latitude: string,
  geography: string,
  geographyGroup: string,
  place: string,
  paired: string,
  category: Region["category"],
];

/**
 * Public regions and the two canary regions, in the order in which Azure Resource Manager listed them until 2019. Differs from
 * AKS: the stage regions, in which nobody else can have anything, are left out.
 * Sources: recorded `az account list-locations` of 2019-06 and of 2025-03 (Azure/azure-cli, resource/tests/latest/recordings), and learn.microsoft.com/azure/reliability/regions-list for the pairs.
 */
const ROWS: readonly Row[] = [
  ["eastasia", "East Asia", "114.188", "22.267", "Asia Pacific", "Asia Pacific", "Hong Kong", "southeastasia", "Recommended"],
  ["southeastasia", "Southeast Asia", "103.833", "1.283", "Asia Pacific", "Asia Pacific", "Singapore", "eastasia", "Recommended"],
  ["centralus", "Central US", "-93.6208", "41.5908", "United States", "US", "Iowa", "eastus2", "Recommended"],
  ["eastus", "East US", "-79.8164", "37.3719", "United States", "US", "Virginia", "westus", "Recommended"],
  ["eastus2", "East US 2", "-78.3889", "36.6681", "United States", "US", "Virginia", "centralus", "Other"],
  ["westus", "West US", "-122.417", "37.783", "United States", "US", "California", "eastus", "Other"],
  ["northcentralus", "North Central US", "-87.6278", "41.8819", "United States", "US", "Illinois", "southcentralus", "Other"],
  ["southcentralus", "South Central US", "-98.5", "29.4167", "United States", "US", "Texas", "northcentralus", "Recommended"],
  ["northeurope", "North Europe", "-6.2597", "53.3478", "Europe", "Europe", "Ireland", "westeurope", "Recommended"],
  ["westeurope", "West Europe", "4.9", "52.3667", "Europe", "Europe", "Netherlands", "northeurope", "Recommended"],
  ["japanwest", "Japan West", "135.5022", "34.6939", "Japan", "Asia Pacific", "Osaka", "japaneast", "Other"],
  ["japaneast", "Japan East", "139.77", "35.68", "Japan", "Asia Pacific", "Tokyo, Saitama", "japanwest", "Recommended"],
  ["brazilsouth", "Brazil South", "-46.633", "-23.55", "Brazil", "South America", "Sao Paulo State", "southcentralus", "Recommended"],
  [
    "australiaeast",
    "Australia East",
    "151.2094",
    "-33.86",
    "Australia",
    "Asia Pacific",
    "New South Wales",
    "australiasoutheast",
    "Recommended",
  ],
  ["australiasoutheast", "Australia Southeast", "144.9631", "-37.8136", "Australia", "Asia Pacific", "Victoria", "australiaeast", "Other"],
  ["southindia", "South India", "80.1636", "12.9822", "India", "Asia Pacific", "Chennai", "centralindia", "Other"],
  ["centralindia", "Central India", "73.9197", "18.5822", "India", "Asia Pacific", "Pune", "southindia", "Recommended"],
  ["westindia", "West India", "72.868", "19.088", "India", "Asia Pacific", "Mumbai", "southindia", "Other"],
  ["canadacentral", "Canada Central", "-79.383", "43.653", "Canada", "Canada", "Toronto", "canadaeast", "Recommended"],
  ["canadaeast", "Canada East", "-71.217", "46.817", "Canada", "Canada", "Quebec", "canadacentral", "Other"],
  ["uksouth", "UK South", "-0.799", "50.941", "United Kingdom", "Europe", "London", "ukwest", "Recommended"],
  ["ukwest", "UK West", "-3.084", "53.427", "United Kingdom", "Europe", "Cardiff", "uksouth", "Other"],
  ["westcentralus", "West Central US", "-110.234", "40.890", "United States", "US", "Wyoming", "westus2", "Other"],
  ["westus2", "West US 2", "-119.852", "47.233", "United States", "US", "Washington", "westcentralus", "Recommended"],
  ["koreacentral", "Korea Central", "126.9780", "37.5665", "Korea", "Asia Pacific", "Seoul", "koreasouth", "Recommended"],
  ["koreasouth", "Korea South", "129.0756", "35.1796", "Korea", "Asia Pacific", "Busan", "koreacentral", "Other"],
  ["francecentral", "France Central", "2.3730", "46.3772", "France", "Europe", "Paris", "francesouth", "Recommended"],
  ["francesouth", "France South", "2.1972", "43.8345", "France", "Europe", "Marseille", "francecentral", "Other"],
  ["australiacentral", "Australia Central", "149.1244", "-35.3075", "Australia", "Asia Pacific", "Canberra", "australiacentral2", "Other"],
  [
    "australiacentral2",
    "Australia Central 2",
    "149.1244",
    "-35.3075",
    "Australia",
    "Asia Pacific",
    "Canberra",
    "australiacentral",
    "Other",
  ],
  ["uaecentral", "UAE Central", "54.366669", "24.466667", "UAE", "Middle East", "Abu Dhabi", "uaenorth", "Other"],
  ["uaenorth", "UAE North", "55.316666", "25.266666", "UAE", "Middle East", "Dubai", "uaecentral", "Recommended"],
  [
    "southafricanorth",
    "South Africa North",
    "28.218370",
    "-25.731340",
    "South Africa",
    "Africa",
    "Johannesburg",
    "southafricawest",
    "Recommended",
  ],
  ["southafricawest", "South Africa West", "18.843266", "-34.075691", "South Africa", "Africa", "Cape Town", "southafricanorth", "Other"],
  ["switzerlandnorth", "Switzerland North", "8.564572", "47.451542", "Switzerland", "Europe", "Zurich", "switzerlandwest", "Recommended"],
  ["switzerlandwest", "Switzerland West", "6.143158", "46.204391", "Switzerland", "Europe", "Geneva", "switzerlandnorth", "Other"],
  ["germanywestcentral", "Germany West Central", "8.682127", "50.110924", "Germany", "Europe", "Frankfurt", "germanynorth", "Recommended"],
  ["germanynorth", "Germany North", "8.806422", "53.073635", "Germany", "Europe", "Berlin", "germanywestcentral", "Other"],
  ["norwayeast", "Norway East", "10.752245", "59.913868", "Norway", "Europe", "Norway", "norwaywest", "Recommended"],
  ["norwaywest", "Norway West", "5.733107", "58.969975", "Norway", "Europe", "Norway", "norwayeast", "Other"],
  ["westus3", "West US 3", "-112.074036", "33.448376", "United States", "US", "Phoenix", "eastus", "Recommended"],
  ["swedencentral", "Sweden Central", "17.14127", "60.67488", "Sweden", "Europe", "Gävle", "swedensouth", "Recommended"],
  ["polandcentral", "Poland Central", "21.01666", "52.23334", "Poland", "Europe", "Warsaw", "", "Recommended"],
  ["italynorth", "Italy North", "9.18109", "45.46888", "Italy", "Europe", "Milan", "", "Recommended"],
  ["israelcentral", "Israel Central", "33.4506633", "31.2655698", "Israel", "Middle East", "Israel", "", "Recommended"],
  ["qatarcentral", "Qatar Central", "51.439327", "25.551462", "Qatar", "Middle East", "Doha", "", "Recommended"],
  ["spaincentral", "Spain Central", "3.4209", "40.4259", "Spain", "Europe", "Madrid", "", "Recommended"],
  ["mexicocentral", "Mexico Central", "-100.389888", "20.588818", "Mexico", "Mexico", "Querétaro State", "", "Recommended"],
  ["newzealandnorth", "New Zealand North", "174.76349", "-36.84853", "New Zealand", "Asia Pacific", "Auckland", "", "Recommended"],
  ["jioindiawest", "Jio India West", "70.05773", "22.470701", "India", "Asia Pacific", "Jamnagar", "jioindiacentral", "Other"],
  ["jioindiacentral", "Jio India Central", "79.08886", "21.146633", "India", "Asia Pacific", "Nagpur", "jioindiawest", "Other"],
  ["brazilsoutheast", "Brazil Southeast", "-43.2075", "-22.90278", "Brazil", "South America", "Rio", "brazilsouth", "Other"],
  ["centraluseuap", "Central US EUAP", "-93.6208", "41.5908", "Canary (US)", "US", "", "eastus2euap", "Other"],
  ["eastus2euap", "East US 2 EUAP", "-78.3889", "36.6681", "Canary (US)", "US", "", "centraluseuap", "Other"],
];

/** Regions whose zones are not as their category says: recommended ones have three, the others none. Source: as of {@link ROWS}. */
const ZONES: Readonly<Record<string, number>> = { eastus2: 3, eastus2euap: 3, centraluseuap: 2 };

/** Every region that a resource or a group can be put in. */
export const REGIONS: readonly Region[] = ROWS.map(
  ([name, displayName, longitude, latitude, geography, geographyGroup, place, paired, category]) => ({
    name,
    displayName,
    longitude,
    latitude,
    geography,
    geographyGroup,
    place,
    category,
    zones: ZONES[name] ?? (category === "Recommended" ? 3 : 0),
    ...(paired === "" ? {} : { paired }),
  }),
);

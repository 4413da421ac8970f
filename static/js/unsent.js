// Whether this device keeps text of a person that is not sent yet (device.js).

export const START = "unsent ";

// The keys of what is kept for this person, of all pages.
export function keptOf(person) {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(`${START}${person} `));
  } catch {
    return [];
  }
}

//! What a clause's `source` may say: codes, which the legend in this crate's README explains.

use std::collections::BTreeSet;

const README: &str = include_str!("../README.md");
const HEADING: &str = "\n## Sources\n";

/// The codes of the legend: what stands between backticks in the first column of its table.
pub fn legend() -> BTreeSet<&'static str> {
    codes(README)
}

fn codes(page: &str) -> BTreeSet<&str> {
    let section = page.split_once(HEADING).map_or("", |(_, rest)| rest);
    let section = section.split("\n## ").next().unwrap_or_default();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.filter_map(|row| row.split_once("` |")).map(|(code, _)| code).collect()
}

/// The codes that `source` names: its parts stand between semicolons, and behind a colon a part may say more.
pub fn named(source: &str) -> impl Iterator<Item = &str> {
    source.split("; ").map(|part| part.split_once(": ").map_or(part, |(code, _)| code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_codes_and_remarks() {
        let named = |source| named(source).collect::<Vec<_>>();
        assert_eq!(named("WT"), ["WT"]);
        assert_eq!(named("SEED: its example; WINE run; C-106"), ["SEED", "WINE run", "C-106"]);
        assert_eq!(named("MS: VirtualAlloc, VirtualFree"), ["MS"]);
        // No separator: a code that no legend has.
        assert_eq!(named("WS;WR"), ["WS;WR"]);
        assert_eq!(named(""), [""]);
    }

    #[test]
    fn the_legend_is_the_first_column_of_its_section() {
        let page = "# A\n\n| `no` | code |\n\n## Sources\n\nText with `words`.\n\n| code | what |\n|---|---|\n\
                    | `AX` | AcceptEx |\n| `K table` | `several` pages |\n\n## More\n\n| `nor` | this |\n";
        assert_eq!(codes(page), BTreeSet::from(["AX", "K table"]));
        assert!(codes("# No legend\n").is_empty());
        assert!(legend().len() > 50, "{:?}", legend());
    }
}

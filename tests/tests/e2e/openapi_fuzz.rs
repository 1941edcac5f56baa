//! Schemathesis: everything the OpenAPI document says of the API holds, and nothing makes it fail.

use std::path::Path;

use tests::{Mode, Person, Settings, TestCluster, audit, readme};
use tokio::process::Command;

/// Cases for each operation and kind of data.
const MAX_EXAMPLES: &str = "5";
/// The same cases every time.
const SEED: &str = "20261124";
/// Streams do not end, which the tool waits for; `watching` tests them.
const STREAMS: &str = "(/seats/watch|/WatchHall)$";
/// Two checks that the contract does not promise. What no schema can say is
/// refused too: seats that the hall has not, a card's number, a weak password.
/// And what protobuf's JSON mapping allows is taken although the document does
/// not advertise it: null for a field left out, an enumeration by its number.
const NOT_PROMISED: &str = "positive_data_acceptance,negative_data_rejection";

/// The tool, installed on first use.
async fn schemathesis() -> std::path::PathBuf {
    let script = readme::root().join("tests/tools/python.sh");
    let output = Command::new("bash").arg(&script).output().await.expect("bash can be run");
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{}: {complaint}", script.display());
    let python = String::from_utf8(output.stdout).unwrap();
    Path::new(python.trim()).with_file_name("schemathesis")
}

async fn run(cluster: &TestCluster, person: &Person, paths: &str, phases: &str) {
    let authorization = format!("Authorization: Bearer {}", person.token);
    let mut command = Command::new(schemathesis().await);
    command
        .args(["run", &format!("{}/openapi.json", cluster.url()), "--checks", "all", "--no-color"])
        .args(["--exclude-checks", NOT_PROMISED, "--exclude-path-regex", STREAMS])
        .args([
            "--max-examples",
            MAX_EXAMPLES,
            "--seed",
            SEED,
            "--request-timeout",
            "10",
            "--max-failures",
            "20",
        ])
        .args(["--header", &authorization])
        .args(["--include-path-regex", paths, "--phases", phases])
        .current_dir(cluster.folder())
        .kill_on_drop(true);
    let output = command.output().await.expect("schemathesis can be run");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{complained}");
    assert!(cluster.is_running(), "the server has ended");
}

/// As somebody who buys.
async fn rest(paths: &str, phases: &str) {
    let cluster = TestCluster::start_with(crate::MODE, Settings::default().with_demo()).await;
    let customer = Person::sign_in(cluster.client(), "customer", "popcorn-and-cola").await;
    run(&cluster, &customer, paths, phases).await;
    audit::log(&cluster, &[&customer.token]);
}

/// The edges of every field are thousands of cases. What finds them wrong is the same code in one
/// process and in many, so they are tried in one.
const CASES: &str = match crate::MODE {
    Mode::Embedded => "coverage,fuzzing",
    Mode::Distributed => "fuzzing",
};

/// The tool works on one core: half of the paths each.
#[tokio::test]
async fn rest_paths_from_a_to_o_are_what_their_document_says() {
    rest("^/v1/[a-o]", CASES).await;
}

#[tokio::test]
async fn rest_paths_from_p_to_z_are_what_their_document_says() {
    rest("^/v1/[p-z]", CASES).await;
}

#[tokio::test]
async fn rest_paths_lead_to_each_other_as_their_document_says() {
    rest("^/v1/", "examples,stateful").await;
}

/// The same methods by their other paths, as somebody who may do everything.
#[tokio::test]
async fn paths_by_method_are_what_their_document_says() {
    let cluster = TestCluster::start_with(crate::MODE, Settings::default().with_demo()).await;
    let admin = Person::sign_in(cluster.client(), "admin", "popcorn-and-cola").await;
    run(&cluster, &admin, "^/(film|order|user)/", "examples,fuzzing").await;
    audit::log(&cluster, &[&admin.token]);
}

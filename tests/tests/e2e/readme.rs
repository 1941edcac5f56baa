//! What the README tells people to type works.

use tests::{Settings, TestCluster, grpc, readme};
use tokio::process::Command;

/// Both languages.
const FILES: [&str; 2] = ["README.md", "README.zh-CN.md"];
/// The marks around what is tested: `<!-- tested: purchase -->`.
const NAME: &str = "purchase";

#[tokio::test]
async fn the_purchase_of_the_readme_works_as_it_stands_there() {
    let cluster = TestCluster::start_with(crate::MODE, Settings::default().with_demo()).await;
    for file in FILES {
        let text = readme::read(file).unwrap_or_else(|| panic!("there is no {file}"));
        let commands = readme::commands(&text, NAME);
        assert!(!commands.is_empty(), "{file} has no commands marked `tested: {NAME}`");
        let mut bash = Command::new("bash");
        bash.args(["-euo", "pipefail", "-c", &commands.join("\n")]).env("MARQUEE", cluster.url());
        let output = bash.kill_on_drop(true).output().await.expect("bash can be run");
        let (said, complained) =
            (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{file}: {}\n{said}\n{complained}", output.status);
        let refunded =
            said.rfind("\"REFUNDED\"").is_some_and(|at| said.rfind("\"PAID\"").is_some_and(|paid| paid < at));
        assert!(refunded, "{file}: in the end nothing was given back: {said}");
    }
}

/// `grpcurl` is in no package registry, so its lines are read and done by hand;
/// `purchase` asks reflection for the list.
#[tokio::test]
async fn the_grpc_calls_of_the_readme_work_as_they_stand_there() {
    let cluster = TestCluster::start_with(crate::MODE, Settings::default().with_demo()).await;
    let customer = cluster.customer().await;
    for file in FILES {
        let text = readme::read(file).unwrap_or_else(|| panic!("there is no {file}"));
        let lines = readme::commands(&text, "grpc");
        let calls = lines.iter().filter(|line| line.starts_with("grpcurl ") && !line.ends_with(" list"));
        let mut done = 0;
        for line in calls {
            let words = readme::words(&line.replace("$TOKEN", &customer.token));
            let after =
                |flag: &str| words.iter().position(|word| word == flag).map(|at| words[at + 1].as_str());
            let method = words.last().expect("a method");
            let (input, output) = grpc::messages_of(method);
            let message = grpc::from_json(&input, after("-d").expect("a message"));
            let header = after("-H").and_then(|header| header.split_once(": "));
            let headers: Vec<_> = [("content-type", "application/grpc"), ("te", "trailers")]
                .into_iter()
                .chain(header)
                .collect();
            let address = cluster.client().address();
            let answer = grpc::raw(address, &format!("/{method}"), &headers, &message).await;
            assert_eq!(answer.code, 0, "{file}: {line}");
            assert!(grpc::to_json(&output, &answer.message).is_object());
            done += 1;
        }
        assert!(done >= 3, "{file} has only {done} calls");
    }
}

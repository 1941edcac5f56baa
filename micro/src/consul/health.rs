//! What Consul says of a service's nodes.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::tags::Description;

/// Nodes of one service that are used; far more than any has.
const MAX_NODES: usize = 1_000;

/// One entry of `/v1/health/service/NAME`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Entry {
    node: Machine,
    service: Instance,
    #[serde(default)]
    checks: Option<Vec<Check>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Machine {
    #[serde(default)]
    address: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Instance {
    #[serde(rename = "ID")]
    id: String,
    #[serde(default)]
    address: String,
    port: u16,
    #[serde(default)]
    tags: Option<Vec<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Check {
    #[serde(default)]
    status: String,
}

/// Nodes that have the same version.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Version {
    /// The version; empty where the nodes say none.
    pub version: String,
    /// Methods, `UserService.Login`, as the first of the nodes tells.
    pub endpoints: Vec<String>,
    /// The nodes.
    pub nodes: Vec<Instanced>,
}

/// One node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instanced {
    /// Its id in the registry.
    pub id: String,
    /// Host name or IP address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// What it says of itself, such as `server` and `grpc`.
    pub metadata: BTreeMap<String, String>,
}

/// The nodes that are not critical, by version, and how many are.
pub fn read(entries: Vec<Entry>) -> (Vec<Version>, usize) {
    let mut versions: BTreeMap<String, Version> = BTreeMap::new();
    let mut critical = 0;
    if entries.len() > MAX_NODES {
        tracing::warn!(nodes = entries.len(), used = MAX_NODES, "a service has more nodes than are used");
    }
    for Entry { node, service, checks } in entries.into_iter().take(MAX_NODES) {
        if checks.unwrap_or_default().iter().any(|check| check.status == "critical") {
            critical += 1;
            continue;
        }
        let said = Description::from_tags(&service.tags.unwrap_or_default());
        let version = versions.entry(said.version.clone()).or_insert_with(|| Version {
            version: said.version,
            endpoints: said.endpoints.into_iter().map(|endpoint| endpoint.name).collect(),
            nodes: Vec::new(),
        });
        let host = if service.address.is_empty() { node.address } else { service.address };
        version.nodes.push(Instanced { id: service.id, host, port: service.port, metadata: said.metadata });
    }
    (versions.into_values().collect(), critical)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn critical_nodes_are_left_out_and_the_others_grouped() {
        let entries = serde_json::json!([
            {"Node": {"Node": "m1", "Address": "10.0.0.1"},
             "Service": {"ID": "film-1", "Service": "film", "Address": "", "Port": 7001, "Tags": ["v=1"]},
             "Checks": [{"Status": "passing"}, {"Status": "warning"}]},
            {"Node": {"Node": "m2", "Address": "10.0.0.2"},
             "Service": {"ID": "film-2", "Address": "film-2.local", "Port": 7002, "Tags": ["v=2"]},
             "Checks": [{"Status": "passing"}]},
            {"Node": {"Node": "m3", "Address": "10.0.0.3"},
             "Service": {"ID": "film-3", "Address": "10.0.0.3", "Port": 7003, "Tags": null},
             "Checks": [{"Status": "passing"}, {"Status": "critical"}]},
            {"Node": {"Node": "m4", "Address": "10.0.0.4"},
             "Service": {"ID": "film-4", "Address": "10.0.0.4", "Port": 7004},
             "Checks": null},
        ]);
        let (versions, critical) = read(serde_json::from_value(entries).unwrap());
        assert_eq!(critical, 1);
        let nodes: Vec<_> = versions
            .iter()
            .flat_map(|v| v.nodes.iter().map(|n| (v.version.as_str(), n.host.as_str(), n.port)))
            .collect();
        assert_eq!(nodes, [("", "10.0.0.4", 7004), ("1", "10.0.0.1", 7001), ("2", "film-2.local", 7002)]);
    }
}

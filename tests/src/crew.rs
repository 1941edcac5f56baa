//! Those who work at cinemas.

use serde_json::json;

use crate::person::PASSWORD;
use crate::{Person, TestCluster};

impl TestCluster {
    /// Somebody new with a role, `staff` or `manager`, at these cinemas; staff work at all where none
    /// is named.
    ///
    /// # Panics
    /// Where the role cannot be given.
    pub async fn crew(&self, name: &str, role: &str, cinema_ids: &[i64]) -> Person {
        let person = Person::register(self.client(), name).await;
        let roles = json!({ "roles": [role.to_uppercase()], "cinema_ids": cinema_ids });
        let path = format!("/v1/users/{}/roles", person.user_id);
        let admin = self.admin().await;
        let given = self.client().send(admin.request("PUT", &path, Some(&roles))).await;
        assert_eq!(given.status, 200, "{}", given.text());
        // The token from before the role is refused within seconds.
        Person::sign_in(self.client(), name, PASSWORD).await
    }
}

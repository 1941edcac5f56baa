-- How often the roles of an account have been set, and when last: access tokens
-- say how often, those of an earlier number are refused.
ALTER TABLE account ADD COLUMN standing_version BIGINT NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN standing_changed_at BIGINT NOT NULL DEFAULT 0;

-- What was revoked lately is asked for every second.
CREATE INDEX account_standing_changed ON account (standing_changed_at) WHERE standing_changed_at > 0;
CREATE INDEX sign_in_ended ON sign_in (ended_at) WHERE ended_at IS NOT NULL;

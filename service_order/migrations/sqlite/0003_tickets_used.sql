-- When a ticket was shown at the door, and to whom; 0 where it was not.
ALTER TABLE ticket ADD COLUMN used_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE ticket ADD COLUMN used_by BIGINT NOT NULL DEFAULT 0;

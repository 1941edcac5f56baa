-- What a spent refresh token and this salt together make is its successor: for a few seconds
-- the same successor is given again to whoever presents the token again.
ALTER TABLE refresh_token ADD COLUMN successor_salt TEXT;

-- Lengthens a lock, or gives it back; only for its holder.
-- KEYS: the lock. ARGV: owner, life from now on in ms (0 gives it back).
-- Answers whether the owner held it.
if redis.call('TYPE', KEYS[1]).ok ~= 'string' or redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 0
end
if ARGV[2] == '0' then
  redis.call('DEL', KEYS[1])
else
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return 1

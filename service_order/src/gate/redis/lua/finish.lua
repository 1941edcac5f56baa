-- The gate says all that the database says: from now on it decides.
-- KEYS: gate, channel. ARGV: fence, '1' for a sharded channel, how long a gate nobody asks is kept in ms.
-- Answers 1, or 0 where another has begun, or the gate was lost again.
local meta = redis.call('HMGET', KEYS[1], '#fence', '#seq')
if meta[1] ~= ARGV[1] then
  return 0
end
local time = redis.call('TIME')
local micros = tonumber(time[1]) * 1000000 + tonumber(time[2])
local sequence = string.format('%.0f', math.max(tonumber(meta[2]) + 1, micros))
redis.call('HDEL', KEYS[1], '#fence')
redis.call('HSET', KEYS[1], '#built', string.format('%.0f', math.floor(micros / 1000)), '#seq', sequence)
redis.call('PEXPIRE', KEYS[1], ARGV[3])
-- Who watches reads everything again: what was said meanwhile may have been wrong.
local how = ARGV[2] == '1' and redis.REDIS_VERSION_NUM and 'SPUBLISH' or 'PUBLISH'
redis.call(how, KEYS[2], cjson.encode({sequence = sequence}))
return 1

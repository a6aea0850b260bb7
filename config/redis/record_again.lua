#!lua
-- KEYS again:<node> gone again:<node>:<call> again:nodes  ARGV call mark most keep_ms mark_ms name value...
-- -> ok | again | gone | full
-- A record for one node, which has missed it, if not so many wait for him. The mark is whose call it is and its rev: of
-- several who answer at once one sends it. What waits where record_gone.lua finds by again:nodes and again:<node>:calls.
local R = redis.call
local calls = KEYS[1] .. ':calls'
if R('ZSCORE', KEYS[2], ARGV[1]) then return 'gone' end
if R('GET', KEYS[3]) == ARGV[2] then return 'again' end
local known = R('HGET', calls, ARGV[1])
if known then R('XDEL', KEYS[1], known) end
if R('XLEN', KEYS[1]) >= tonumber(ARGV[3]) then return 'full' end
local entry = {}
for i = 6, #ARGV do entry[#entry + 1] = ARGV[i] end
R('HSET', calls, ARGV[1], R('XADD', KEYS[1], '*', unpack(entry)))
R('SADD', KEYS[4], KEYS[1])
for _, key in ipairs({KEYS[1], KEYS[4], calls}) do R('PEXPIRE', key, ARGV[4]) end
R('SET', KEYS[3], ARGV[2], 'PX', ARGV[5])
return 'ok'

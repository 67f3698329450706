-- Health of a LaunchReview: would the next version of its target be let through?
-- Argo CD gives scripts the base and table libraries only: no string functions here.
local function health(status, message) return {status = status, message = message} end

local status = obj.status
if status == nil or status.conditions == nil or status.observedGeneration ~= obj.metadata.generation then
  return health("Progressing", "Waiting for Launchgate's controller to look at this version.")
end

local conditions = {}
for _, condition in ipairs(status.conditions) do conditions[condition.type] = condition end

local function said(condition)
  if condition.message == nil or condition.message == "" then return condition.reason end
  return condition.reason .. ": " .. condition.message
end

local verified, approved, frozen = conditions.EvidenceVerified, conditions.Approved, conditions.Frozen
local ready, enforced = conditions.Ready, conditions.Enforced
if not (verified and approved and frozen and ready) then
  return health("Progressing", "Waiting for Launchgate's controller to finish its first look.")
end

local name = obj.metadata.name
local here = "-n " .. obj.metadata.namespace .. " " .. name
local more = " More: kubectl describe launchreview " .. here

if approved.reason == "ReviewInvalid" then
  return health("Degraded", said(approved) .. ". Correct what the message names; until then every launch is denied.")
end
if approved.status ~= "True" and approved.reason == "NoGo" then
  return health("Degraded", said(approved) .. ". Talk to who said no: their newer verdict or its end lifts it. Rolling back stays possible.")
end
if frozen.status == "True" then
  return health("Suspended", "Launches are frozen. " .. said(frozen) .. ". Rolling back and a BreakGlass verdict stay possible.")
end
if verified.status ~= "True" then
  return health("Degraded", said(verified) .. ". Mend the evidence or its source." .. more)
end
if approved.status ~= "True" then
  if approved.reason == "VerdictConflict" then
    return health("Degraded", said(approved) .. ". That person signs again.")
  end
  return health("Suspended", "Waiting for people. " .. said(approved) .. ". To sign: launchgate sign " .. here)
end
if ready.status ~= "True" then
  return health("Degraded", said(ready) .. "." .. more)
end

local message = "A Go stands"
if status.verdict ~= nil and status.verdict.validUntil ~= nil then
  message = message .. " until " .. status.verdict.validUntil
end
message = message .. ": the next version may launch."
if enforced ~= nil and enforced.status ~= "True" then
  message = message .. " Nothing is enforced here: " .. said(enforced) .. "."
end
return health("Healthy", message)

import Files

extension ConfigurationLayers {
    /// `base` with what `overlay` says; what does not fit is noted and left out.
    mutating func merge(
        _ overlay: JSONValue, onto base: JSONValue, at path: [String], from source: String
    ) -> JSONValue {
        switch (base, overlay) {
        case (.object(let members), .object(let overlays)):
            guard let chosen = choose(members, by: overlays, at: path, from: source) else {
                return base
            }
            return merge(overlays, onto: chosen, at: path, from: source)
        case (.object(let members), .number) where Self.isRamp(members):
            changes.append(Change(path: path, source: source, previous: base))
            return .object(members.map { Self.constant($0, overlay) })
        case (.object(let members), _):
            let wanted =
                choices[path.joined(separator: ".")] != nil
                ? "an object such as {\"type\": \(members.first?.value.shown ?? "…")}"
                : Self.isRamp(members) ? "a number or an object" : "an object"
            note(at: path, "got \(overlay.shown), want \(wanted)", from: source)
            return base
        case (.bool, .object), (.number, .object), (.string, .object):
            note(at: path, "got an object, want a value such as \(base.shown)", from: source)
            return base
        default:
            // Whether a value fits its type is for the decoder to say.
            changes.append(Change(path: path, source: source, previous: base))
            return overlay
        }
    }

    private mutating func merge(
        _ overlays: [JSONMember], onto base: [JSONMember], at path: [String], from source: String
    ) -> JSONValue {
        var members = base
        let isChoice = choices[path.joined(separator: ".")] != nil
        for overlay in overlays where !(isChoice && overlay.hasKey("type")) {
            guard let index = members.firstIndex(where: { $0.hasKey(overlay.key) }) else {
                noteUnknown(overlay.key, among: members.map(\.key), at: path, from: source)
                continue
            }
            members[index].value = merge(
                overlay.value, onto: members[index].value, at: path + [overlay.key], from: source)
        }
        return .object(members)
    }

    /// The members to merge onto: of the component standing there, or the defaults of another one that the
    /// overlay names; nil where it names none that is known.
    private mutating func choose(
        _ members: [JSONMember], by overlays: [JSONMember], at path: [String], from source: String
    ) -> [JSONMember]? {
        let key = path.joined(separator: ".")
        guard let table = choices[key], let type = overlays.first(where: { $0.hasKey("type") })
        else { return members }
        guard case .string(let name) = type.value else {
            note(at: path + ["type"], "got \(type.value.shown), want a text", from: source)
            return nil
        }
        guard JSONValue.object(members)["type"] != type.value else { return members }
        do {
            let template = try table.template(name)
            changes.removeAll { $0.path.starts(with: path) }
            changes.append(Change(path: path, source: source, previous: .object(members)))
            choices = choices.filter { !$0.key.hasPrefix(key + ".") }
            for (inner, table) in template.choices where !inner.isEmpty {
                choices[key + "." + inner] = table
            }
            return template.value.object ?? []
        } catch {
            note(at: path + ["type"], "\(error)", from: source)
            return nil
        }
    }

    private mutating func noteUnknown(
        _ key: String, among known: [String], at path: [String], from source: String
    ) {
        guard problems.count < Self.maximumProblemCount else { return }
        var hint = Spelling.hint(for: key, among: known)
        if hint.isEmpty, let elsewhere = Self.path(of: key, in: tree) {
            hint = " (did you mean \"\(elsewhere.joined(separator: "."))\"?)"
        }
        note(
            at: path + [key],
            "unknown key\(hint); known: \(known.joined(separator: ", "))", from: source)
    }

    /// The first place of a key in a tree.
    private static func path(of key: String, in tree: JSONValue) -> [String]? {
        for member in tree.object ?? [] {
            if member.hasKey(key) { return [member.key] }
            if let rest = path(of: key, in: member.value) { return [member.key] + rest }
        }
        return nil
    }

    /// Whether an object is a way from one value to another over steps, with or without a shape and cycles.
    private static func isRamp(_ members: [JSONMember]) -> Bool {
        ["start", "end", "steps"].allSatisfy { key in members.contains { $0.hasKey(key) } }
    }

    /// A member of a ramp that stays at a value.
    private static func constant(_ member: JSONMember, _ value: JSONValue) -> JSONMember {
        switch member.key {
        case "start", "end": JSONMember(member.key, value)
        case "steps": JSONMember(member.key, .int(0))
        case "shape": JSONMember(member.key, "linear")
        default: member
        }
    }
}

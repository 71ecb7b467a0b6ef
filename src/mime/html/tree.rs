//! A page as a tree, in one list, without recursion: html5ever mends what senders wrote, and stops when mending is all
//! that a page wants.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

use html5ever::interface::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::{StrTendril, TendrilSink as _};
use html5ever::tree_builder::TreeBuilderOpts;
use html5ever::{Attribute, ExpandedName, ParseOpts, QualName, local_name, ns, parse_document};

/// Tables in tables in tables: nobody's mail is deeper.
const DEEPEST: usize = 256;

/// What the mending of unclosed and crossed tags may cost, in looks at an open element: some hundred for each tag of a
/// long page, and not thousands.
const MOST_WORK: u64 = 8_000_000;

/// A long page has some ten thousand.
const MOST_NODES: usize = 400_000;

/// So much is read between two looks at what it cost.
const BITE: usize = 4 * 1024;

pub(super) type NodeId = usize;

pub(super) const DOCUMENT: NodeId = 0;

#[derive(Default)]
pub(super) struct Node {
    pub(super) what: What,
    pub(super) first: Option<NodeId>,
    pub(super) next: Option<NodeId>,
    parent: Option<NodeId>,
    previous: Option<NodeId>,
    last: Option<NodeId>,
    depth: usize,
}

#[derive(Default)]
pub(super) enum What {
    #[default]
    Nothing,
    Text(String),
    Element(Element),
}

pub(super) struct Element {
    pub(super) name: Rc<QualName>,
    attributes: Vec<Attribute>,
}

impl Element {
    pub(super) fn name(&self) -> &str {
        &self.name.local
    }

    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|attribute| &*attribute.name.local == name).map(|attribute| &*attribute.value)
    }
}

pub(super) struct Tree {
    nodes: Vec<Node>,
}

impl Tree {
    /// None if it is too deep, or costs too much.
    pub(super) fn of(html: &str) -> Option<Self> {
        let options = ParseOpts {
            tree_builder: TreeBuilderOpts { scripting_enabled: false, ..TreeBuilderOpts::default() },
            ..ParseOpts::default()
        };
        let mut parser = parse_document(Sink::new(), options);
        let mut rest = html;
        while !rest.is_empty() {
            let mut end = rest.len().min(BITE);
            while !rest.is_char_boundary(end) {
                end += 1;
            }
            let (bite, after) = rest.split_at(end);
            parser.process(StrTendril::from(bite));
            if parser.tokenizer.sink.sink.is_too_much() {
                return None;
            }
            rest = after;
        }
        let sink = parser.finish();
        if sink.is_too_much() { None } else { Some(Self { nodes: sink.nodes.into_inner() }) }
    }

    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    pub(super) fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(id)
    }

    pub(super) fn element(&self, id: NodeId) -> Option<&Element> {
        match &self.node(id)?.what {
            What::Element(element) => Some(element),
            What::Nothing | What::Text(_) => None,
        }
    }

    pub(super) fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> {
        let mut next = self.node(id).and_then(|node| node.first);
        std::iter::from_fn(move || {
            let id = next?;
            next = self.node(id).and_then(|node| node.next);
            Some(id)
        })
    }

    /// Each node that hangs on the document after its parent.
    pub(super) fn in_order(&self) -> Vec<NodeId> {
        let mut order = Vec::with_capacity(self.nodes.len());
        let mut waiting = vec![DOCUMENT];
        while let Some(id) = waiting.pop() {
            order.push(id);
            waiting.extend(self.children(id));
        }
        order
    }

    pub(super) fn parent(&self, id: NodeId) -> Option<NodeId> {
        self.node(id)?.parent
    }
}

#[derive(Clone)]
struct Handle {
    id: NodeId,
    name: Rc<QualName>,
    /// Where the contents of a template are, which nobody sees.
    template: NodeId,
}

struct Sink {
    nodes: RefCell<Vec<Node>>,
    nameless: Rc<QualName>,
    work: Cell<u64>,
    too_deep: Cell<bool>,
}

impl Sink {
    fn new() -> Self {
        Self {
            nodes: RefCell::new(vec![Node::default()]),
            nameless: Rc::new(QualName::new(None, ns!(html), local_name!(""))),
            work: Cell::new(0),
            too_deep: Cell::new(false),
        }
    }

    fn is_too_much(&self) -> bool {
        self.too_deep.get() || self.work.get() > MOST_WORK || self.nodes.borrow().len() > MOST_NODES
    }

    fn works(&self, much: u64) {
        self.work.set(self.work.get().saturating_add(much));
    }

    fn handle(&self, id: NodeId) -> Handle {
        Handle { id, name: Rc::clone(&self.nameless), template: id }
    }

    fn push(&self, what: What) -> NodeId {
        self.works(1);
        let mut nodes = self.nodes.borrow_mut();
        nodes.push(Node { what, ..Node::default() });
        nodes.len() - 1
    }

    /// Puts a node before another one, or at the end.
    fn place(&self, parent: NodeId, before: Option<NodeId>, child: NodeOrText<Handle>) {
        let id = match child {
            NodeOrText::AppendNode(node) => {
                self.detach(node.id);
                node.id
            }
            NodeOrText::AppendText(text) => {
                let nodes = &mut *self.nodes.borrow_mut();
                let neighbour = match before {
                    Some(before) => nodes.get(before).and_then(|node| node.previous),
                    None => nodes.get(parent).and_then(|node| node.last),
                };
                if let Some(What::Text(words)) = neighbour.and_then(|id| nodes.get_mut(id)).map(|node| &mut node.what) {
                    words.push_str(&text);
                    return;
                }
                nodes.push(Node { what: What::Text(text.to_string()), ..Node::default() });
                nodes.len() - 1
            }
        };
        let nodes = &mut *self.nodes.borrow_mut();
        let previous = match before {
            Some(before) => nodes.get_mut(before).and_then(|node| node.previous.replace(id)),
            None => nodes.get_mut(parent).and_then(|node| node.last.replace(id)),
        };
        match previous.and_then(|previous| nodes.get_mut(previous)) {
            Some(previous) => previous.next = Some(id),
            None => nodes.get_mut(parent).into_iter().for_each(|parent| parent.first = Some(id)),
        }
        let depth = nodes.get(parent).map_or(0, |parent| parent.depth) + 1;
        if depth > DEEPEST {
            self.too_deep.set(true);
        }
        if let Some(node) = nodes.get_mut(id) {
            (node.parent, node.previous, node.next, node.depth) = (Some(parent), previous, before, depth);
        }
    }

    fn detach(&self, id: NodeId) {
        self.works(1);
        let nodes = &mut *self.nodes.borrow_mut();
        let Some(node) = nodes.get_mut(id) else { return };
        let (parent, previous, next) = (node.parent.take(), node.previous.take(), node.next.take());
        let Some(parent) = parent else { return };
        match next.and_then(|next| nodes.get_mut(next)) {
            Some(next) => next.previous = previous,
            None => nodes.get_mut(parent).into_iter().for_each(|parent| parent.last = previous),
        }
        match previous.and_then(|previous| nodes.get_mut(previous)) {
            Some(previous) => previous.next = next,
            None => nodes.get_mut(parent).into_iter().for_each(|parent| parent.first = next),
        }
    }

    fn parent_of(&self, id: NodeId) -> Option<NodeId> {
        self.nodes.borrow().get(id)?.parent
    }
}

impl TreeSink for Sink {
    type Handle = Handle;
    type Output = Self;
    type ElemName<'a> = ExpandedName<'a>;

    fn finish(self) -> Self {
        self
    }

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn get_document(&self) -> Handle {
        self.handle(DOCUMENT)
    }

    fn elem_name<'a>(&'a self, target: &'a Handle) -> ExpandedName<'a> {
        self.works(1);
        target.name.expanded()
    }

    fn create_element(&self, name: QualName, attributes: Vec<Attribute>, flags: ElementFlags) -> Handle {
        self.works(8);
        let name = Rc::new(name);
        let id = self.push(What::Element(Element { name: Rc::clone(&name), attributes }));
        let template = if flags.template { self.push(What::Nothing) } else { id };
        Handle { id, name, template }
    }

    fn create_comment(&self, _: StrTendril) -> Handle {
        self.handle(self.push(What::Nothing))
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> Handle {
        self.handle(self.push(What::Nothing))
    }

    fn append(&self, parent: &Handle, child: NodeOrText<Handle>) {
        self.place(parent.id, None, child);
    }

    fn append_based_on_parent_node(&self, element: &Handle, previous: &Handle, child: NodeOrText<Handle>) {
        match self.parent_of(element.id) {
            Some(parent) => self.place(parent, Some(element.id), child),
            None => self.place(previous.id, None, child),
        }
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}

    fn get_template_contents(&self, target: &Handle) -> Handle {
        self.handle(target.template)
    }

    fn same_node(&self, one: &Handle, other: &Handle) -> bool {
        self.works(1);
        one.id == other.id
    }

    fn set_quirks_mode(&self, _: QuirksMode) {}

    fn append_before_sibling(&self, sibling: &Handle, child: NodeOrText<Handle>) {
        if let Some(parent) = self.parent_of(sibling.id) {
            self.place(parent, Some(sibling.id), child);
        }
    }

    fn add_attrs_if_missing(&self, target: &Handle, attributes: Vec<Attribute>) {
        let nodes = &mut *self.nodes.borrow_mut();
        let Some(What::Element(element)) = nodes.get_mut(target.id).map(|node| &mut node.what) else { return };
        for attribute in attributes {
            if element.attribute(&attribute.name.local).is_none() {
                element.attributes.push(attribute);
            }
        }
    }

    fn remove_from_parent(&self, target: &Handle) {
        self.detach(target.id);
    }

    fn reparent_children(&self, node: &Handle, new_parent: &Handle) {
        loop {
            let child = self.nodes.borrow().get(node.id).and_then(|node| node.first);
            let Some(child) = child else { return };
            self.place(new_parent.id, None, NodeOrText::AppendNode(self.handle(child)));
        }
    }
}
